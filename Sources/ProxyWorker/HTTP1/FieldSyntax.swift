/// Which bytes may stand where in a request.
///
/// - Source: RFC 9110, section 5.5 and 5.6.2; RFC 3986, section 3.3.
enum FieldSyntax {
    /// Whether the byte belongs to a token: a method or a field name.
    static func isToken(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? tokenLow : tokenHigh) & (1 << UInt64(byte & 63)) != 0
    }

    /// Whether the byte may stand in a field's value: no control but the tab.
    static func isValue(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == 0x09
    }

    /// Whether the byte may stand in a request's target.
    static func isTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): false
        default: byte > 0x20 && byte < 0x7F
        }
    }

    static func isToken(_ text: some Collection<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy(isToken)
    }

    /// Whether it is `lowercase` but for the case of ASCII letters: Unicode has a letter whose small form is an ASCII k.
    static func isSame(_ text: String, _ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { expected in
            text.utf8.elementsEqual(expected) { $0 == $1 || ($0 | 0x20 == $1 && $0 >= 0x41 && $0 <= 0x5A) }
        }
    }

    /// A decimal number of at most 18 digits and nothing else.
    static func number(_ text: some Collection<UInt8>) -> Int? {
        guard !text.isEmpty, text.count <= 18 else { return nil }
        var number = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `!#$%&'*+-.` and the digits, as bits 0 to 63.
    private static let tokenLow: UInt64 = bits("!#$%&'*+-.0123456789", from: 0)
    /// Letters and ``^_`|~``, as bits 64 to 127.
    private static let tokenHigh: UInt64 = bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", from: 64)

    private static func bits(_ text: String, from base: UInt8) -> UInt64 {
        text.utf8.reduce(0) { $0 | (1 << UInt64($1 - base)) }
    }
}
