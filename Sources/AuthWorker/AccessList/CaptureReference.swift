internal import HTTPService

/// `${account:1}`: a group that another field's expression captures.
struct CaptureReference: Sendable {
    /// As it stands in the pattern.
    var token: [UInt8]
    var field: AccessRequest.Field
    /// From 1.
    var group: Int
    /// The field's own `/…/` pattern of the same rule, placeholders unexpanded.
    var expression: RegularExpression

    /// A reference that stands for nothing, and why.
    struct Broken: Sendable, Equatable {
        var token: String
        var reason: String
    }

    /// Every reference in a rule's patterns that can be resolved, and those that cannot.
    static func find(
        in patterns: [AccessRequest.Field: String]
    ) -> (references: [CaptureReference], broken: [Broken]) {
        guard let finder else { return ([], []) }
        var references: [CaptureReference] = []
        var broken: [Broken] = []
        for field in AccessRequest.Field.allCases {
            var rest = Array((patterns[field] ?? "").utf8)[...]
            while let found = finder.captures(rest) {
                let token = Array(rest[found[0]])
                let name = String(decoding: rest[found[1]], as: UTF8.self)
                let number = Int(String(decoding: rest[found[2]], as: UTF8.self))
                rest = rest[found[0].upperBound...]
                let target = AccessRequest.Field.allCases.first { $0.key == name || $0.key.capitalizedASCII == name }
                let expression = target.flatMap { patterns[$0] }
                    .flatMap { TextPattern.expressionBody(Array($0.utf8)) }
                    .flatMap { try? RegularExpression(Array($0)) }
                if let target, let number, let expression, number >= 1, number <= expression.groups {
                    references.append(
                        CaptureReference(token: token, field: target, group: number, expression: expression))
                } else {
                    broken.append(
                        Broken(token: String(decoding: token, as: UTF8.self), reason: reason(name, target, expression)))
                }
            }
        }
        return (references, broken)
    }

    private static func reason(
        _ name: String, _ field: AccessRequest.Field?, _ expression: RegularExpression?
    ) -> String {
        guard let field else { return "there is no field \(name)" }
        guard let expression else { return "\(field.key) has no /…/ pattern in this rule" }
        return "\(field.key)'s pattern captures \(expression.groups) group(s)"
    }

    /// The captured bytes; nil when the expression does not match.
    func value(in request: AccessRequest) -> ArraySlice<UInt8>? {
        let text = request.text(field)[...]
        return expression.captures(text).map { text[$0[group]] }
    }

    /// Lazy as docker_auth's: in `${labels:a}/${account:1}` it finds one reference that names no field.
    private static let finder = try? RegularExpression(Array(#"\$\{(.+?):(\d+)\}"#.utf8))
}

extension String {
    fileprivate var capitalizedASCII: String { prefix(1).uppercased() + dropFirst() }
}
