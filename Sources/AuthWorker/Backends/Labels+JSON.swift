internal import RegistryToken

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
}
