/// What makes a text harmless where a directory reads it.
enum DirectoryEscaping {
    /// As a value in a search filter.
    /// - Source: RFC 4515, section 3: `*`, `(`, `)`, `\` and NUL as `\` and two digits; here everything but letters and digits of
    ///   ASCII and a few harmless characters, which is allowed, too.
    static func filter(_ text: String) -> String {
        escaped(text) { isPlain($0) || $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: " ") }
    }

    /// As the value of an attribute in a distinguished name.
    /// - Source: RFC 4514, section 2.4.
    static func name(_ text: String) -> String {
        escaped(text, isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func escaped(_ text: String, _ isHarmless: (UInt8) -> Bool) -> String {
        var result = ""
        for byte in text.utf8 {
            if isHarmless(byte) {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                result += byte < 16 ? "\\0\(String(byte, radix: 16))" : "\\\(String(byte, radix: 16))"
            }
        }
        return result
    }

    /// The first CN of a distinguished name, `web` of `cn=web,ou=groups`; nil when it has none.
    static func commonName(_ name: String) -> String? {
        var parts: [String] = [""]
        var isEscaped = false
        for character in name {
            if character == ",", !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "cn" else { continue }
            return unescaped(pair[1])
        }
        return nil
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                bytes.append(byte)
                continue
            }
            if let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(next)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
