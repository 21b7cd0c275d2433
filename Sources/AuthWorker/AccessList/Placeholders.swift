/// The values that `${…}` in a rule's patterns stand for, for one rule and one request.
///
/// What the client chooses is quoted, so that an account named `.*` or `*` matches only itself; labels are patterns of
/// whoever configures them, and are not. All are put in in one pass.
struct Placeholders {
    struct Entry {
        /// The placeholder as it stands in the pattern, `${account}`.
        var token: [UInt8]
        var value: [UInt8]
    }

    private static let opening: [UInt8] = Array("${".utf8)

    private(set) var entries: [Entry]

    /// The placeholders that every rule has.
    init(_ request: AccessRequest) {
        entries = AccessRequest.Field.allCases.map { field in
            Entry(token: Array("${\(field.key)}".utf8), value: Self.quoted(request.text(field)))
        }
    }

    mutating func add(_ token: [UInt8], quoting value: some Sequence<UInt8>) {
        entries.append(Entry(token: token, value: Self.quoted(value)))
    }

    mutating func add(_ token: [UInt8], pattern: [UInt8]) {
        entries.append(Entry(token: token, value: pattern))
    }

    /// The pattern with every placeholder replaced; where two begin alike, the earlier entry wins.
    func expand(_ pattern: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(pattern.count + 32)
        var index = 0
        scanning: while index < pattern.count {
            if pattern[index] == UInt8(ascii: "$") {
                let rest = pattern[index...]
                for entry in entries where rest.starts(with: entry.token) {
                    output.append(contentsOf: entry.value)
                    index += entry.token.count
                    continue scanning
                }
            }
            output.append(pattern[index])
            index += 1
        }
        return output
    }

    /// Whether a pattern can hold a placeholder at all.
    static func mayStand(in pattern: [UInt8]) -> Bool {
        zip(pattern, pattern.dropFirst()).contains { $0 == opening[0] && $1 == opening[1] }
    }

    /// - Source: Go's regexp.QuoteMeta. A quoted character means itself in shell patterns too.
    static func quoted(_ text: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "?"),
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "|"), UInt8(ascii: "["), UInt8(ascii: "]"),
                UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "^"), UInt8(ascii: "$"):
                output.append(UInt8(ascii: "\\"))
            default: break
            }
            output.append(byte)
        }
        return output
    }
}
