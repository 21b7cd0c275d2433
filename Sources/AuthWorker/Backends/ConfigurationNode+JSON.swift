internal import BundleConfig
internal import RegistryToken

extension ConfigurationNode {
    /// A JSON value as a document, without members that are null.
    /// - Parameters:
    ///   - path: where it stands, for errors.
    ///   - foldedDepth: how deep keys are taken in lower case, as Go does where it reads JSON into a structure.
    init(json: JSONValue, path: String, foldedDepth: Int) {
        let value: Value
        switch json {
        case .null: value = .null
        case .bool(let flag): value = .scalar(flag ? "true" : "false", plain: true)
        case .integer(let number): value = .scalar("\(number)", plain: true)
        case .number(let number): value = .scalar("\(number)", plain: true)
        case .string(let text): value = .scalar(text, plain: false)
        case .array(let elements):
            value = .sequence(
                elements.enumerated().map {
                    ConfigurationNode(json: $0.element, path: "\(path)[\($0.offset)]", foldedDepth: 0)
                })
        case .object(let members):
            let pairs = members.filter { $0.value != .null }.map { member in
                let key = foldedDepth > 0 ? member.key.lowercased() : member.key
                let depth = max(0, foldedDepth - 1)
                return (key, ConfigurationNode(json: member.value, path: "\(path).\(key)", foldedDepth: depth))
            }
            value = ConfigurationNode.mapping(pairs).value
        }
        self.init(value, path: path)
    }
}
