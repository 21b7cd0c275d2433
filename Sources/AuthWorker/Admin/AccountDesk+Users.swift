internal import BundleConfig
internal import BundleLog
internal import HTTPService
internal import HTTPTypes
internal import Hummingbird

extension AccountDesk {
    var userRoutes: [AdminRoute] {
        [
            AdminRoute(.get, "/v1/users", "users of the file and of the database", answer: list),
            AdminRoute(.post, "/v1/users", "add a user: name, password, labels", answer: add),
            AdminRoute(.post, "/v1/users/password", "another password: name, password", answer: setPassword),
            AdminRoute(.post, "/v1/users/remove", "remove a user with its keys: name", answer: remove),
            AdminRoute(
                .post, "/v1/users/logout", "end a user's refresh tokens and browser sign-ins: name", answer: logOut),
        ]
    }

    private func list(_ request: AdminRequest) async throws -> Response {
        let state = service.state
        var lines: [JSONLine] = []
        for (name, user) in state.settings.users.map({ ($0.name, $0.user) }) {
            var line = JSONLine()
            line.add("name", name)
            line.add("origin", "file")
            line.add("labels", user.labels.json)
            lines.append(line)
        }
        for user in (state.database?.users.values).map(Array.init)?.sorted(by: { $0.name < $1.name }) ?? [] {
            var line = JSONLine()
            line.add("name", user.name)
            line.add("origin", state.users.isOfFile(user.name) ? "hidden" : "database")
            line.add("labels", user.labels.json)
            line.add("created", Int(user.created))
            line.add("changed", Int(user.changed))
            lines.append(line)
        }
        var object = JSONLine()
        object.add(objects: lines, for: "users")
        return AdminAnswer.json(object)
    }

    private func add(_ request: AdminRequest) async throws -> Response {
        let body = try AdminBody(request)
        let name = try Self.checked(name: try body.text("name"), "the name")
        let labels = try body.labels("labels")
        let database = try database()
        guard !service.state.users.isOfFile(name) else {
            throw AdminProblem(
                "user \(name) is one of the configuration file, which comes first", remedy: "change it there")
        }
        guard database.user(Array(name.utf8)) == nil else {
            throw AdminProblem(
                "user \(name) exists already", remedy: "give it another password: dockmaster user passwd")
        }
        let hash = try await hash(try body.text("password"))
        try await changing { try await database.addUser(name, hash: hash, labels: labels, now: Self.now) }
        log("added user \(name)", user: name, request)
        return Self.done("added")
    }

    private func setPassword(_ request: AdminRequest) async throws -> Response {
        let body = try AdminBody(request)
        let name = try body.text("name")
        let database = try database()
        guard database.user(Array(name.utf8)) != nil else { throw try absent(name) }
        let hash = try await hash(try body.text("password"))
        try await changing { try await database.setPassword(of: name, hash: hash, now: Self.now) }
        log("gave user \(name) another password", user: name, request)
        return Self.done("changed")
    }

    private func remove(_ request: AdminRequest) async throws -> Response {
        let name = try AdminBody(request).text("name")
        let database = try database()
        guard database.user(Array(name.utf8)) != nil else { throw try absent(name) }
        try await changing { try await database.removeUser(name) }
        log("removed user \(name)", user: name, request)
        return Self.done("removed")
    }

    private func logOut(_ request: AdminRequest) async throws -> Response {
        let name = try AdminBody(request).text("name")
        let database = try database()
        let count = try await changing { try await database.removeRefreshTokens(of: name) }
        let signIns: Int
        do throws(BackendFailure) {
            signIns = try await service.state.forget(name)
        } catch {
            throw AdminProblem(
                "the refresh tokens have ended, the browser's sign-in may not have: \(error.problem)",
                remedy: "try again", status: .serviceUnavailable)
        }
        log("ended \(count) refresh token(s) and \(signIns) browser sign-in(s) of \(name)", user: name, request)
        var object = JSONLine()
        object.add("result", "logged out")
        object.add("refresh_tokens", count)
        object.add("browser_sign_ins", signIns)
        return AdminAnswer.json(object)
    }

    private func absent(_ name: String) throws -> AdminProblem {
        service.state.users.isOfFile(name)
            ? AdminProblem("user \(name) is one of the configuration file", remedy: "change it there")
            : AdminProblem("there is no user \(name)", remedy: "list them: dockmaster user list", status: .notFound)
    }

    /// Hashed on the password threads: 50 to 100 ms of a core.
    private func hash(_ password: String) async throws -> String {
        let secret = Secret(password)
        let made = await service.pool.run { _ in
            Result { () throws(AuthDatabaseProblem) in try PasswordHash.make(secret) }
        }
        guard let made else {
            throw AdminProblem(
                "too many sign-ins are waiting", remedy: "try again soon", status: .serviceUnavailable)
        }
        return try await changing { try made.get() }
    }
}
