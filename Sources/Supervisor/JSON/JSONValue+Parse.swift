internal import PluginInterface

internal import PluginInterface

// JSON that is read, and what it holds.

extension JSONValue {
    /// Deeper nesting is refused: the reader calls itself.
    private static let depthLimit = 64

    /// nil when the text is anything but one JSON value.
    init?(_ bytes: some Collection<UInt8>) {
        var scanner = JSONScanner(Array(bytes))
        guard let value = Self.read(&scanner, depth: 0), scanner.isAtEnd else { return nil }
        self = value
    }

    private static func read(_ scanner: inout JSONScanner, depth: Int) -> JSONValue? {
        guard depth < depthLimit else { return nil }
        switch scanner.next {
        case UInt8(ascii: "{"): return object(&scanner, depth: depth)
        case UInt8(ascii: "["): return array(&scanner, depth: depth)
        case UInt8(ascii: "\""): return scanner.string().map { .string(String(decoding: $0, as: UTF8.self)) }
        case nil: return nil
        default: return scanner.bare().flatMap { bare(String(decoding: $0, as: UTF8.self)) }
        }
    }

    private static func object(_ scanner: inout JSONScanner, depth: Int) -> JSONValue? {
        guard scanner.skip(UInt8(ascii: "{")) else { return nil }
        var members: [(String, JSONValue)] = []
        if scanner.skip(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            guard let key = scanner.string(), scanner.skip(UInt8(ascii: ":")),
                let value = read(&scanner, depth: depth + 1)
            else { return nil }
            members.append((String(decoding: key, as: UTF8.self), value))
        } while scanner.skip(UInt8(ascii: ","))
        return scanner.skip(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private static func array(_ scanner: inout JSONScanner, depth: Int) -> JSONValue? {
        guard scanner.skip(UInt8(ascii: "[")) else { return nil }
        var values: [JSONValue] = []
        if scanner.skip(UInt8(ascii: "]")) { return .array(values) }
        repeat {
            guard let value = read(&scanner, depth: depth + 1) else { return nil }
            values.append(value)
        } while scanner.skip(UInt8(ascii: ","))
        return scanner.skip(UInt8(ascii: "]")) ? .array(values) : nil
    }

    private static func bare(_ text: String) -> JSONValue? {
        switch text {
        case "null": .null
        case "true": .bool(true)
        case "false": .bool(false)
        default: Int(text).map { .integer($0) } ?? Double(text).map { .number($0) }
        }
    }

    // MARK: What it holds

    subscript(_ key: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.0 == key }?.1 ?? .null
    }

    var members: [(String, JSONValue)] { if case .object(let members) = self { members } else { [] } }
    var values: [JSONValue] { if case .array(let values) = self { values } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var isNull: Bool { if case .null = self { true } else { false } }

    var integer: Int? {
        switch self {
        case .integer(let number): number
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}

extension JSONValue {
    /// The object with another value for a key.
    func replacing(_ key: String, with value: JSONValue) -> JSONValue {
        .object(members.map { $0.0 == key ? (key, value) : $0 })
    }
}
