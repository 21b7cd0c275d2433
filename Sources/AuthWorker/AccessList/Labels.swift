/// The labels of an account, such as `group: [web, dev]`. Names and values are compared by bytes, as docker_auth does:
/// two spellings of one letter are two names.
struct Labels: Sendable, Equatable {
    private(set) var values: [[UInt8]: [[UInt8]]] = [:]

    static let none = Labels()

    init(_ pairs: [(name: String, values: [String])] = []) {
        for (name, texts) in pairs { values[Array(name.utf8)] = texts.map { Array($0.utf8) } }
    }

    /// The values of a label; nil when the account does not have it.
    subscript(_ name: String) -> [[UInt8]]? { values[Array(name.utf8)] }
}
