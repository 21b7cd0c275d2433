internal import BundleConfig
internal import RegistryToken
internal import TextFormats

/// Answers one JSON line of `acl evaluate`.
enum AccessEvaluation {
    private struct Refusal: Error {
        var problem: String
        var remedy: String { "send {\"acl\":[…],\"request\":{…}}" }
    }

    static func answer(_ line: String) -> String {
        var output: [UInt8] = []
        do {
            let document = try JSONReader.read(Array(line.utf8))
            let list = try accessList(document["acl"] ?? .null)
            guard let request = document["request"] else { return #"{"error":null}"# }
            let decision = list.decide(try self.request(request))
            output.append(contentsOf: "{\"rule\":\(decision.rule ?? -1),\"allowed\":".utf8)
            // As a set: a token keeps an action that was asked for twice.
            var seen: Set<String> = []
            JSONString.append(decision.allowed.filter { seen.insert($0).inserted }, to: &output)
        } catch {
            output.append(contentsOf: #"{"error":"#.utf8)
            JSONString.append((error as? Refusal)?.problem ?? "\(error)", to: &output)
        }
        output.append(UInt8(ascii: "}"))
        return String(decoding: output, as: UTF8.self)
    }

    static func accessList(_ value: JSONValue) throws(ConfigurationErrors) -> AccessList {
        var reading = ConfigurationReading()
        let list = AccessList(node(value, path: "acl"), reading: &reading)
        try reading.finish()
        return list
    }

    private static func request(_ value: JSONValue) throws(Refusal) -> AccessRequest {
        func text(_ key: String) throws(Refusal) -> String {
            switch value[key] {
            case nil, .null: return ""
            case .string(let text): return text
            default: throw Refusal(problem: "request.\(key) is not a text")
            }
        }
        guard value.members != nil else { throw Refusal(problem: "request is not an object") }
        var labels: [(name: String, values: [String])] = []
        for member in value["labels"]?.members ?? [] {
            guard member.value != .null else { continue }
            guard let values = member.value.strings else {
                throw Refusal(problem: "request.labels.\(member.key) is not a list of texts")
            }
            labels.append((member.key, values))
        }
        let ip = try text("ip")
        let address = IPAddress(ip)
        guard ip.isEmpty || address != nil else { throw Refusal(problem: "request.ip is no IP address") }
        return AccessRequest(
            account: try text("account"), type: try text("type"), name: try text("name"),
            service: try text("service"), address: address,
            actions: (value["actions"]?.strings ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            labels: Labels(labels))
    }

    /// JSON as a configuration document, so that both go through one reading.
    private static func node(_ value: JSONValue, path: String) -> ConfigurationNode {
        let content: ConfigurationNode.Value =
            switch value {
            case .null: .null
            case .bool(let flag): .scalar(flag ? "true" : "false", plain: true)
            case .integer(let number): .scalar(String(number), plain: true)
            case .number(let number): .scalar(String(number), plain: true)
            case .string(let text): .scalar(text, plain: false)
            case .array(let elements):
                .sequence(elements.enumerated().map { node($0.element, path: "\(path)[\($0.offset)]") })
            case .object(let members):
                ConfigurationNode.mapping(members.map { ($0.key, node($0.value, path: "\(path).\($0.key)")) }).value
            }
        return ConfigurationNode(content, path: path)
    }
}
