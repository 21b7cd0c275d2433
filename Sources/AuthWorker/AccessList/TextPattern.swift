internal import HTTPService

/// A pattern of a rule, compiled as far as it can be without a request.
enum TextPattern: Sendable {
    /// Matches only itself.
    case literal([UInt8])
    case path([UInt8])
    case expression(RegularExpression)
    /// Holds placeholders: becomes one of the others for each request.
    case template([UInt8])

    /// - Throws: the refusal of a `/…/` pattern that is not a regular expression, placeholders unexpanded.
    init(_ text: String) throws(RegularExpression.Refusal) {
        let bytes = Array(text.utf8)
        let compiled = try Self(expanded: bytes)
        self = Placeholders.mayStand(in: bytes) ? .template(bytes) : compiled
    }

    /// - Parameter bytes: a pattern without placeholders.
    init(expanded bytes: [UInt8]) throws(RegularExpression.Refusal) {
        if let body = Self.expressionBody(bytes) {
            self = .expression(try RegularExpression(Array(body)))
        } else {
            self = PathPattern.isLiteral(bytes) ? .literal(bytes) : .path(bytes)
        }
    }

    /// What stands between the slashes of a pattern that is a regular expression.
    static func expressionBody(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let slash = UInt8(ascii: "/")
        guard bytes.count > 2, bytes.first == slash, bytes.last == slash else { return nil }
        return bytes.dropFirst().dropLast()
    }

    /// How dear a match is, so that a rule asks its cheap conditions first.
    var cost: Int {
        switch self {
        case .literal: 0
        case .path: 1
        case .expression: 2
        case .template: 4
        }
    }

    /// Whether a pattern without placeholders matches.
    func matches(_ text: [UInt8]) -> Bool {
        switch self {
        case .literal(let bytes): bytes == text
        case .path(let pattern): PathPattern.matches(pattern, text)
        case .expression(let expression): expression.matches(text)
        case .template: false
        }
    }
}
