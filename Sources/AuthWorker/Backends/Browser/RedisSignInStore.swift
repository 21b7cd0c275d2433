internal import NIOSSL

/// Sign-ins in Redis, as docker_auth keeps them: `t:ACCOUNT`, JSON. Several registries may share them, and docker_auth may.
struct RedisSignInStore: SignInStore {
    private let settings: RedisSettings
    private let security: Result<NIOSSLContext?, BackendFailure>

    init(_ settings: RedisSettings) {
        self.settings = settings
        do {
            security = .success(try settings.trust.map { try NIOSSLContext(configuration: $0) })
        } catch {
            security = .failure(BackendFailure(problem: "Redis: TLS cannot be set up: \(error)", isOutage: false))
        }
    }

    func record(of account: String) async throws(BackendFailure) -> SignInRecord? {
        switch try await run([["GET", key(account)]]).first {
        case .text(let text):
            guard let record = SignInRecord(json: text) else {
                throw BackendFailure(problem: "Redis: \(key(account)) is no record of a sign-in", isOutage: false)
            }
            return record
        case nil, RedisReply.none?, .integer, .error: return nil
        }
    }

    func keep(_ record: SignInRecord, of account: String) async throws(BackendFailure) {
        _ = try await run([["SET", key(account), record.json]])
    }

    /// Compared and set in two steps: who signs in by a browser between them does so once more.
    func renew(_ record: SignInRecord, of account: String) async throws(BackendFailure) {
        guard try await self.record(of: account)?.passwordHash == record.passwordHash else { return }
        try await keep(record, of: account)
    }

    func remove(_ account: String) async throws(BackendFailure) -> Bool {
        try await run([["DEL", key(account)]]).first == .integer(1)
    }

    private func key(_ account: String) -> String { "t:\(account)" }

    private func run(_ commands: [[String]]) async throws(BackendFailure) -> [RedisReply] {
        try await RedisExchange.run(commands, of: settings, security.get())
    }
}
