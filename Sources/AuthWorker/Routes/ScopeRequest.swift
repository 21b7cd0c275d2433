internal import RegistryModel

/// A scope as docker_auth reads it, more leniently than the specification: `type(class):name:action,action`.
struct ScopeRequest: Sendable, Equatable {
    /// More than any client asks for at once.
    static let limit = 100
    /// Bytes of one scope: a repository's name has 255 at most.
    static let lengthLimit = 1_024

    var type: String
    var name: String
    /// Sorted by bytes; may hold one twice.
    var actions: [String]

    /// Reads every `scope` value, each split on single spaces. An empty first value means none at all.
    static func read(_ values: [String]) throws(BadRequest) -> [ScopeRequest] {
        guard let first = values.first, !first.isEmpty else { return [] }
        var scopes: [ScopeRequest] = []
        for value in values {
            for piece in value.pieces(at: UInt8(ascii: " ")) {
                scopes.append(try ScopeRequest(piece))
                guard scopes.count <= limit else { throw BadRequest(problem: "more than \(limit) scopes") }
            }
        }
        return scopes
    }

    init(_ text: String) throws(BadRequest) {
        guard text.utf8.count <= Self.lengthLimit else {
            throw BadRequest(problem: "a scope is longer than \(Self.lengthLimit) bytes")
        }
        let parts = text.pieces(at: UInt8(ascii: ":"))
        guard let type = Self.type(parts[0]) else { throw BadRequest(problem: "malformed scope request") }
        self.type = type
        switch parts.count {
        case 3: name = parts[1]
        // A registry's host and port before the name.
        case 4: name = "\(parts[1]):\(parts[2])"
        default: throw BadRequest(problem: "invalid scope: \(text.goQuoted)")
        }
        actions = parts[parts.count - 1].pieces(at: UInt8(ascii: ","))
        if actions.count > 1 { actions.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    /// Whether the name can be one at all: for a repository by distribution's grammar, with or without a registry's host and
    /// port before it. What cannot is granted nothing, without asking the access list.
    var hasPossibleName: Bool {
        guard type == "repository" else { return !name.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
        guard name.utf8.contains(UInt8(ascii: ":")) else { return RepositoryName(name) != nil }
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let port = parts[0].split(separator: ":").last, UInt16(port) != nil else {
            return false
        }
        return RepositoryName(parts[1]) != nil
    }

    var description: String { "\(type):\(name):\(actions.joined(separator: ","))" }

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

extension String {
    /// The pieces between the places of a byte, empty ones too. By bytes, as Go splits: a mark behind a separator does not make
    /// another character of it.
    fileprivate func pieces(at separator: UInt8) -> [String] {
        utf8.split(separator: separator, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
