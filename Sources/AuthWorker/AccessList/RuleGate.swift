/// What can be said of a rule without looking at it: the first bytes that an account and a name must have to match.
///
/// A flat list of these is scanned in a few nanoseconds a rule, so that ten thousand rules cost microseconds; only what passes is
/// compared. A gate may let through what does not match, and never holds back what does.
struct RuleGate: Sendable {
    private var account: BytePrefix
    private var name: BytePrefix

    init(_ rule: AccessRule) {
        account = Self.prefix(of: .account, in: rule)
        name = Self.prefix(of: .name, in: rule)
    }

    func mayMatch(account: BytePrefix, name: BytePrefix) -> Bool {
        self.account.agrees(with: account) && self.name.agrees(with: name)
    }

    private static func prefix(of field: AccessRequest.Field, in rule: AccessRule) -> BytePrefix {
        switch rule.patterns.first(where: { $0.field == field })?.pattern {
        case .literal(let bytes): BytePrefix(bytes)
        case .path(let bytes): BytePrefix(bytes.prefix { !Self.isSpecial($0) })
        // What the labels make of it is not known, nor whether it becomes an expression.
        case .template(let bytes) where bytes.first != UInt8(ascii: "/") && !bytes.contains(sequence: labelMark):
            BytePrefix(bytes.prefix { !Self.isSpecial($0) && $0 != UInt8(ascii: "$") })
        case .template, .expression, nil: BytePrefix([])
        }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\")].contains(byte)
    }

    private static let labelMark = Array("${labels:".utf8)
}
