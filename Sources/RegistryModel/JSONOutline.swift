/// What is measured of JSON before a recursive parser sees it. Says nothing about validity.
struct JSONOutline {
    /// The deepest nesting of objects and arrays; strings are skipped.
    private(set) var depth = 0
    /// A key that the outermost object has twice: two readers might each believe another of its values.
    private(set) var repeatedKey: String?

    /// - Cost: one pass; keys of the outermost object are remembered meanwhile.
    init(_ bytes: [UInt8]) {
        var level = 0
        var index = 0
        var awaitsKey = false
        var keys: Set<[UInt8]> = []
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let (text, end) = Self.string(bytes, from: index + 1)
                if level == 1, awaitsKey, repeatedKey == nil, !keys.insert(text).inserted {
                    repeatedKey = String(decoding: text.prefix(100), as: UTF8.self)
                }
                if level == 1 { awaitsKey = false }
                index = end
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                level += 1
                depth = max(depth, level)
                awaitsKey = level == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): level -= 1
            case UInt8(ascii: ","): awaitsKey = level == 1
            default: break
            }
            index += 1
        }
    }

    /// The string's bytes with its escapes undone, and where its closing quote stands (or the end).
    private static func string(_ bytes: [UInt8], from start: Int) -> (text: [UInt8], end: Int) {
        var text: [UInt8] = []
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                // What is longer is compared by its beginning; no member that matters is.
                if text.count < 256 { text.append(bytes[index]) }
                index += 1
                continue
            }
            if bytes[index + 1] == UInt8(ascii: "u"), index + 5 < bytes.count,
                let unit = UInt16(String(decoding: bytes[index + 2...index + 5], as: UTF8.self), radix: 16)
            {
                let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
                if text.count < 256 { text += Array(String(Character(scalar)).utf8) }
                index += 6
            } else {
                if text.count < 256 { text.append(bytes[index + 1]) }
                index += 2
            }
        }
        return (text, index)
    }
}
