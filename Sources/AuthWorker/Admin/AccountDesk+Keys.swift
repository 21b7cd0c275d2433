internal import BundleLog
internal import HTTPService
internal import HTTPTypes
internal import Hummingbird

extension AccountDesk {
    var keyRoutes: [AdminRoute] {
        [
            AdminRoute(.get, "/v1/keys", "API keys; ?owner=NAME for one owner's", answer: listKeys),
            AdminRoute(
                .post, "/v1/keys", "add a key: name, owner, repositories, actions, expires_in (s)", answer: addKey),
            AdminRoute(.post, "/v1/keys/revoke", "end a key: name, owner", answer: revokeKey),
        ]
    }

    private func listKeys(_ request: AdminRequest) async throws -> Response {
        let owner = request.query["owner"]
        let keys = try database().keys.values.filter { owner == nil || $0.owner == owner }
        var object = JSONLine()
        object.add(
            objects: keys.sorted { ($0.owner, $0.name) < ($1.owner, $1.name) }.map { key in
                var line = JSONLine()
                line.add("owner", key.owner)
                line.add("name", key.name)
                line.add("repositories", key.repositories.joined(separator: " "))
                line.add("actions", key.actions.joined(separator: ","))
                line.add("created", Int(key.created))
                if let expires = key.expires { line.add("expires", Int(expires)) }
                if let used = key.used { line.add("used", Int(used)) }
                line.add("expired", key.isExpired(at: Self.now))
                return line
            }, for: "keys")
        return AdminAnswer.json(object)
    }

    private func addKey(_ request: AdminRequest) async throws -> Response {
        let body = try AdminBody(request)
        let name = try Self.checked(name: try body.text("name"), "the key's name")
        let owner = try Self.checked(name: try body.text("owner"), "the owner's name")
        let repositories = try body.texts("repositories")
        for pattern in repositories { try check(pattern) }
        let actions = try body.texts("actions")
        guard actions.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 64 }) else {
            throw AdminProblem("an action is empty", remedy: "give pull, push, delete", status: .badRequest)
        }
        let lifetime = try body.integer("expires_in")
        guard lifetime.map({ $0 > 0 && $0 <= 100 * 365 * 86_400 }) ?? true else {
            throw AdminProblem("expires_in is not positive", remedy: "give seconds", status: .badRequest)
        }
        let state = service.state
        // Of a user whom another back-end knows nobody could say whether he is still there, nor what his labels are.
        guard state.users.standing(owner) != nil else {
            throw AdminProblem(
                "neither the configuration nor the database has a user \(owner)",
                remedy: "add one for the key: dockmaster user add \(owner)", status: .notFound)
        }
        let database = try database()
        let key = APIKey(
            name: name, owner: owner, repositories: repositories, actions: actions, created: Self.now,
            expires: lifetime.map { Self.now + $0 })
        let secret = try await changing { try await database.addKey(key) }
        log("added the key \(name) of \(owner)", user: owner, request)
        var object = JSONLine()
        object.add("result", "added")
        object.add("key", secret)
        return AdminAnswer.json(object)
    }

    private func revokeKey(_ request: AdminRequest) async throws -> Response {
        let body = try AdminBody(request)
        let name = try body.text("name")
        let owner = try body.text("owner")
        let database = try database()
        try await changing { try await database.revokeKey(name, owner: owner) }
        log("revoked the key \(name) of \(owner)", user: owner, request)
        return Self.done("revoked")
    }

    private func check(_ pattern: String) throws(AdminProblem) {
        do {
            guard !pattern.isEmpty, pattern.utf8.count <= 512, !Placeholders.mayStand(in: Array(pattern.utf8)) else {
                throw AdminProblem(
                    "the pattern \(pattern.prefix(80)) is empty, too long or holds a placeholder",
                    remedy: "write it as team/* or /^team/.+$/", status: .badRequest)
            }
            _ = try TextPattern(expanded: Array(pattern.utf8))
        } catch let problem as AdminProblem {
            throw problem
        } catch {
            throw AdminProblem(
                "the pattern \(pattern.prefix(80)) is no regular expression", remedy: "write it as team/*",
                status: .badRequest)
        }
    }
}
