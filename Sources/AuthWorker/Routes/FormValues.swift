/// The values of a query or of a form body, as Go's net/url reads them: pairs that are malformed are dropped.
struct FormValues: Sendable, Equatable {
    private var values: [String: [String]] = [:]

    init() {}

    /// - Parameter text: `a=1&b=2`, percent-encoded, `+` for a space.
    init(_ text: some Sequence<UInt8>) {
        for pair in Array(text).split(separator: UInt8(ascii: "&")) where !pair.contains(UInt8(ascii: ";")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, let key = Self.unescaped(first),
                let value = parts.count > 1 ? Self.unescaped(parts[1]) : ""
            else { continue }
            values[key, default: []].append(value)
        }
    }

    /// These values, then those of `other` under the same name.
    func followed(by other: FormValues) -> FormValues {
        var all = self
        all.values.merge(other.values) { $0 + $1 }
        return all
    }

    /// The first value; empty when there is none.
    func first(_ name: String) -> String { values[name]?.first ?? "" }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Percent-decoding; nil when a `%` is not followed by two digits. Bytes that are not UTF-8 become U+FFFD.
    static func unescaped(_ text: ArraySlice<UInt8>, plusIsSpace: Bool = true) -> String? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < text.endIndex, let high = digit(text[index + 1]), let low = digit(text[index + 2])
                else { return nil }
                output.append(high << 4 | low)
                index += 2
            case UInt8(ascii: "+") where plusIsSpace:
                output.append(UInt8(ascii: " "))
            default:
                output.append(text[index])
            }
            index += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
