internal import RegistryToken
internal import TextFormats

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

// As JSON, `{"group":["web","dev"]}`.
extension Labels {
    /// What is no object of lists of texts gives none.
    init(json: String) {
        let members = (try? JSONReader.read(Array(json.utf8)))?.members ?? []
        self.init(members.map { ($0.key, $0.value.strings ?? []) })
    }

    var json: String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        let sorted = values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (index, (name, texts)) in sorted.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONString.append(String(decoding: name, as: UTF8.self), to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            JSONString.append(texts.map { String(decoding: $0, as: UTF8.self) }, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
