/// A strict JSON reader (RFC 8259): unique keys, valid Unicode, bounded depth, nothing after the value.
package struct JSONReader {
    private let bytes: [UInt8]
    private var offset = 0
    private let depthLimit: Int

    /// Reads the one value that `bytes` holds.
    package static func read(_ bytes: [UInt8], depthLimit: Int = 16) throws(JSONRefusal) -> JSONValue {
        var reader = JSONReader(bytes: bytes, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.refusal }
        return value
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private var refusal: JSONRefusal { .syntax(offset: offset) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONRefusal) -> JSONValue {
        let count = text.utf8CodeUnitCount
        guard offset + count <= bytes.count else { throw refusal }
        for index in 0..<count where bytes[offset + index] != text.utf8Start[index] { throw refusal }
        offset += count
        return value
    }

    private mutating func value(depth: Int) throws(JSONRefusal) -> JSONValue {
        guard depth < depthLimit else { throw .tooDeep(limit: depthLimit) }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONRefusal) -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        var seen: Set<String> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw refusal }
            let key = try string()
            // Swift compares canonically; two spellings of one text count as twice, which is the safe side.
            guard seen.insert(key).inserted else { throw .duplicateKey(key) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw refusal }
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw refusal }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONRefusal) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw refusal }
        return .array(elements)
    }

    private mutating func number() throws(JSONRefusal) -> JSONValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        guard let first = next, isDigit(first) else { throw refusal }
        offset += 1
        if first != UInt8(ascii: "0") { skipDigits() }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard skipDigits() > 0 else { throw refusal }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            guard skipDigits() > 0 else { throw refusal }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw .syntax(offset: start) }
        return .number(number)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    @discardableResult
    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte = next, isDigit(byte) { offset += 1 }
        return offset - start
    }
}

// Strings.
extension JSONReader {
    private mutating func string() throws(JSONRefusal) -> String {
        offset += 1
        let start = offset
        var text: [UInt8]?
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let end = offset
                offset += 1
                let content = text ?? Array(bytes[start..<end])
                guard let string = String(validating: content, as: UTF8.self) else { throw .notUnicode(offset: start) }
                return string
            case UInt8(ascii: "\\"):
                var unescaped = text ?? Array(bytes[start..<offset])
                try escape(into: &unescaped)
                text = unescaped
            case 0..<0x20:
                throw refusal
            default:
                text?.append(byte)
                offset += 1
            }
        }
        throw refusal
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONRefusal) {
        offset += 1
        guard let kind = next else { throw refusal }
        offset += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = UInt32(try codeUnit())
            if scalar >= 0xD800, scalar < 0xDC00 {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw .notUnicode(offset: offset) }
                let low = UInt32(try codeUnit())
                guard low >= 0xDC00, low < 0xE000 else { throw .notUnicode(offset: offset) }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let valid = Unicode.Scalar(scalar) else { throw .notUnicode(offset: offset) }
            text.append(contentsOf: String(valid).utf8)
        default: throw refusal
        }
    }

    private mutating func codeUnit() throws(JSONRefusal) -> UInt16 {
        guard offset + 4 <= bytes.count else { throw refusal }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue, bytes[offset] < 0x80 else {
                throw refusal
            }
            unit = unit << 4 | UInt16(digit)
            offset += 1
        }
        return unit
    }
}
