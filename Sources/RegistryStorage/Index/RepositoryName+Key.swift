import RegistryModel

extension RepositoryName {
    /// The name as the index sorts it, byte by byte: the slash is the lowest, as in `RepositoryName`'s own order.
    var key: String { Self.key(description) }

    /// Of any text, as a client may give it for `last`.
    static func key(_ text: String) -> String { exchange(UInt8(ascii: "/"), 1, in: text) }

    init?(key: String) { self.init(Self.exchange(1, UInt8(ascii: "/"), in: key)) }

    private static func exchange(_ old: UInt8, _ new: UInt8, in text: String) -> String {
        String(decoding: text.utf8.map { $0 == old ? new : $0 }, as: UTF8.self)
    }
}
