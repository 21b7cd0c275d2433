internal import RegistryToken
internal import TextFormats

extension Labels {
    /// Labels as JSON has them: `{"group": ["web", "dev"]}`; null and an absent value are none.
    /// - Returns: nil for anything else.
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

    /// The labels as JSON, sorted by name.
    var json: [UInt8] {
        var text = Array("{".utf8)
        for (name, values) in values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            JSONString.append(String(decoding: name, as: UTF8.self), to: &text)
            text.append(UInt8(ascii: ":"))
            JSONString.append(values.map { String(decoding: $0, as: UTF8.self) }, to: &text)
        }
        text.append(UInt8(ascii: "}"))
        return text
    }
}
