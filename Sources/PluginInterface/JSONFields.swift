/// The members of one JSON object on one line, as a log line or a plugin's message has
/// them. Nested values stay JSON text.
/// - Source: RFC 8259. Strict where it matters: what is not an object from the first byte to the last is not one at all.
package struct JSONFields: Sendable {
    package enum Value: Equatable, Sendable {
        /// A string, its escapes resolved.
        case string([UInt8])
        /// Anything else, as it stands.
        case other([UInt8])

        package var bytes: [UInt8] {
            switch self {
            case .string(let bytes), .other(let bytes): bytes
            }
        }

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    package private(set) var members: [(key: String, value: Value)] = []

    package subscript(_ key: String) -> Value? {
        members.first { $0.key == key }?.value
    }

    /// nil when the line is anything but one JSON object.
    package init?(_ line: some Collection<UInt8>) {
        var scanner = JSONScanner(Array(line))
        guard scanner.skip(UInt8(ascii: "{")) else { return nil }
        if !scanner.skip(UInt8(ascii: "}")) {
            repeat {
                guard let key = scanner.string(), scanner.skip(UInt8(ascii: ":")), let value = scanner.element() else {
                    return nil
                }
                members.append((String(decoding: key, as: UTF8.self), value))
            } while scanner.skip(UInt8(ascii: ","))
            guard scanner.skip(UInt8(ascii: "}")) else { return nil }
        }
        guard scanner.isAtEnd else { return nil }
    }

    /// The elements of a JSON array; nil when the text is anything but one.
    package static func elements(_ text: some Collection<UInt8>) -> [Value]? {
        var scanner = JSONScanner(Array(text))
        var result: [Value] = []
        guard scanner.skip(UInt8(ascii: "[")) else { return nil }
        if !scanner.skip(UInt8(ascii: "]")) {
            repeat {
                guard let value = scanner.element() else { return nil }
                result.append(value)
            } while scanner.skip(UInt8(ascii: ","))
            guard scanner.skip(UInt8(ascii: "]")) else { return nil }
        }
        return scanner.isAtEnd ? result : nil
    }
}
