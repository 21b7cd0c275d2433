/// Steps through JSON text. One scanner for all who read JSON: log lines, the control socket and its client, plugins.
/// - Source: RFC 8259.
package struct JSONScanner {
    private let bytes: [UInt8]
    private var index = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return index == bytes.count
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    /// The next byte that is no space.
    package var next: UInt8? {
        mutating get {
            skipSpace()
            return index < bytes.count ? bytes[index] : nil
        }
    }

    package mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// The next value with nested ones as they stand.
    package mutating func element() -> JSONFields.Value? {
        skipSpace()
        guard index < bytes.count else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nested().map { .other($0) }
        default: return bare().map { .other($0) }
        }
    }

    /// A number, true, false or null.
    package mutating func bare() -> [UInt8]? {
        let start = index
        while index < bytes.count, ![0x2C, 0x7D, 0x5D, 0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
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

    package mutating func string() -> [UInt8]? {
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
