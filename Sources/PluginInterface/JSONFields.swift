/// The members of one JSON object on one line, as a log line or a plugin's message has them. Nested values stay JSON text.
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
        var scanner = Scanner(Array(line))
        guard scanner.skip(UInt8(ascii: "{")) else { return nil }
        if !scanner.skip(UInt8(ascii: "}")) {
            repeat {
                guard let key = scanner.string(), scanner.skip(UInt8(ascii: ":")), let value = scanner.value() else {
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
        var scanner = Scanner(Array(text))
        var result: [Value] = []
        guard scanner.skip(UInt8(ascii: "[")) else { return nil }
        if !scanner.skip(UInt8(ascii: "]")) {
            repeat {
                guard let value = scanner.value() else { return nil }
                result.append(value)
            } while scanner.skip(UInt8(ascii: ","))
            guard scanner.skip(UInt8(ascii: "]")) else { return nil }
        }
        return scanner.isAtEnd ? result : nil
    }

    private struct Scanner {
        private let bytes: [UInt8]
        private var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return index == bytes.count
            }
        }

        private mutating func skipSpace() {
            while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
        }

        mutating func skip(_ byte: UInt8) -> Bool {
            skipSpace()
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        mutating func value() -> Value? {
            skipSpace()
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case UInt8(ascii: "\""): return string().map { .string($0) }
            case UInt8(ascii: "{"), UInt8(ascii: "["): return nested().map { .other($0) }
            default: return bare().map { .other($0) }
            }
        }

        /// A number, true, false or null.
        private mutating func bare() -> [UInt8]? {
            let start = index
            while index < bytes.count, ![0x2C, 0x7D, 0x5D, 0x20, 0x09].contains(bytes[index]) { index += 1 }
            let text = bytes[start..<index]
            guard let first = text.first else { return nil }
            let isNumber = first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
            guard isNumber || ["true", "false", "null"].contains(where: { text.elementsEqual($0.utf8) }) else {
                return nil
            }
            return Array(text)
        }

        /// An object or array, as it stands: brackets are counted, strings are stepped over.
        private mutating func nested() -> [UInt8]? {
            let start = index
            var depth = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    guard string() != nil else { return nil }
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
                index += 1
                if depth == 0 { return Array(bytes[start..<index]) }
            }
            return nil
        }

        mutating func string() -> [UInt8]? {
            guard skip(UInt8(ascii: "\"")) else { return nil }
            var result: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return result
                case UInt8(ascii: "\\"):
                    guard let resolved = escape() else { return nil }
                    result += resolved
                case 0..<0x20: return nil
                default: result.append(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> [UInt8]? {
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "n"): return [0x0A]
            case UInt8(ascii: "t"): return [0x09]
            case UInt8(ascii: "r"): return [0x0D]
            case UInt8(ascii: "b"): return [0x08]
            case UInt8(ascii: "f"): return [0x0C]
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
            case UInt8(ascii: "u"): return unicode()
            default: return nil
            }
        }

        private mutating func unicode() -> [UInt8]? {
            guard let first = hex() else { return nil }
            var code = first
            if (0xD800..<0xDC00).contains(first) {
                guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
                else { return Array("\u{FFFD}".utf8) }
                index += 2
                guard let second = hex() else { return nil }
                guard (0xDC00..<0xE000).contains(second) else { return Array("\u{FFFD}".utf8) }
                code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
            }
            return Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
        }

        private mutating func hex() -> UInt32? {
            guard index + 4 <= bytes.count else { return nil }
            let code = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
            index += 4
            return code
        }
    }
}
