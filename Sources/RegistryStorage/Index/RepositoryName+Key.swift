import RegistryModel

extension RepositoryName {
    /// The name as the index sorts it, byte by byte: the slash is the lowest, as in `RepositoryName`'s own order.
    var key: String { Self.key(description) }

    /// Of any text, as a client may give it for `last`.
    static func key(_ text: String) -> String { text.replacing("/", with: "\u{1}") }

    init?(key: String) { self.init(key.replacing("\u{1}", with: "/")) }
}
