/// Where a rule of the access list stands and what its conditions are, as written.
struct RuleSource: Sendable, Equatable {
    /// The path of keys, `acl[2]`.
    var path: String
    var file: String?
    /// From 1.
    var line: Int?
    var texts: [AccessRequest.Field: String]
    var range: String?
    var labels: [(name: String, text: String)]

    static func == (lhs: RuleSource, rhs: RuleSource) -> Bool { lhs.path == rhs.path && lhs.line == rhs.line }

    /// `acl[2] (auth.yml:14)`
    var place: String {
        guard let line else { return path }
        return "\(path) (\(file.map { "\($0):" } ?? "line ")\(line))"
    }
}
