/// A scope as docker_auth reads it, more leniently than the specification: `type(class):name:action,action`.
struct ScopeRequest: Sendable, Equatable {
    /// More than any client asks for at once.
    static let limit = 100

    var type: String
    var name: String
    /// Sorted by bytes; may hold one twice.
    var actions: [String]

    /// Reads every `scope` value, each split on single spaces. An empty first value means none at all.
    static func read(_ values: [String]) throws(BadRequest) -> [ScopeRequest] {
        guard let first = values.first, !first.isEmpty else { return [] }
        var scopes: [ScopeRequest] = []
        for value in values {
            for piece in value.split(separator: " ", omittingEmptySubsequences: false) {
                scopes.append(try ScopeRequest(String(piece)))
                guard scopes.count <= limit else { throw BadRequest(problem: "more than \(limit) scopes") }
            }
        }
        return scopes
    }

    init(_ text: String) throws(BadRequest) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let type = Self.type(parts[0]) else { throw BadRequest(problem: "malformed scope request") }
        self.type = type
        switch parts.count {
        case 3: name = parts[1]
        // A registry's host and port before the name.
        case 4: name = "\(parts[1]):\(parts[2])"
        default: throw BadRequest(problem: "invalid scope: \(text.goQuoted)")
        }
        actions = parts[parts.count - 1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        actions.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The first run of small letters and digits; what follows, such as `(plugin)`, is dropped.
    /// - Source: docker_auth's scopeRegex, `([a-z0-9]+)(\([a-z0-9]+\))?`, unanchored.
    private static func type(_ text: String) -> String? {
        func belongs(_ byte: UInt8) -> Bool {
            (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        }
        let run = text.utf8.drop { !belongs($0) }.prefix(while: belongs)
        return run.isEmpty ? nil : String(decoding: run, as: UTF8.self)
    }
}
