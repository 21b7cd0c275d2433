internal import BundleConfig
internal import BundleLog
internal import HTTPService
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import TextFormats

/// What an administrator asks of the embedded database: users, API keys, refresh tokens. Each change is logged.
struct AccountDesk: Sendable {
    let service: AuthService

    var routes: [AdminRoute] { userRoutes + keyRoutes }

    func database() throws(AdminProblem) -> AuthDatabase {
        guard let database = service.state.database else {
            throw AdminProblem(
                "this auth worker has no database", remedy: "name its file: database: PATH in auth.yml, then reload")
        }
        return database
    }

    /// Runs what may find the database in another state than the administrator thinks.
    func changing<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let problem as AuthDatabaseProblem {
            throw AdminProblem(problem.problem, remedy: problem.remedy)
        }
    }

    func log(_ sentence: String, user: String, _ request: AdminRequest) {
        request.logger.info(
            "\(sentence)", metadata: [LogField.event: "account_changed", LogField.user: .string(user)])
    }

    static func done(_ result: String) -> Response {
        var object = JSONLine()
        object.add("result", result)
        return AdminAnswer.json(object)
    }

    /// A name that can sign in by Basic and stand in a log.
    static func checked(name: String, _ what: String) throws(AdminProblem) -> String {
        guard name.utf8.count <= 255, !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0x3A }) else {
            throw AdminProblem(
                "\(what) holds a colon or a control character, or is longer than 255 bytes",
                remedy: "choose another one",
                status: .badRequest)
        }
        return name
    }

    static var now: Int64 { Int64(UTCTime.now().seconds) }
}
