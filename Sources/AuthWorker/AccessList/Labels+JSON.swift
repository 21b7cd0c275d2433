internal import RegistryToken
internal import TextFormats

// As JSON: `{"group": ["web", "dev"]}`.
extension Labels {
    /// Null and an absent value are none.
    /// - Returns: nil for anything else that is no object of lists of texts.
    init?(json: JSONValue?) {
        switch json {
        case nil, .null: self = .none
        case .object(let members):
            var pairs: [(name: String, values: [String])] = []
            for member in members {
                guard let texts = member.value == .null ? [] : member.value.strings else { return nil }
                pairs.append((member.key, texts))
            }
            self.init(pairs)
        case .bool, .integer, .number, .string, .array: return nil
        }
    }

    /// What was written by `json`; anything else gives none.
    init(stored text: String) {
        self = (try? JSONReader.read(Array(text.utf8))).flatMap { Labels(json: $0) } ?? .none
    }

    /// Sorted by name.
    var json: String {
        var text = Array("{".utf8)
        for (name, values) in values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            JSONString.append(String(decoding: name, as: UTF8.self), to: &text)
            text.append(UInt8(ascii: ":"))
            JSONString.append(values.map { String(decoding: $0, as: UTF8.self) }, to: &text)
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }
}
