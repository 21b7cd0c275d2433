import BundleConfig
import Dispatch
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("Somebody who guesses", .timeLimit(.minutes(2)))
struct GuesserTests {
    private static let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"

    @Test("with 200 wrong passwords at once keeps nobody else from a token")
    func crowd() async throws {
        let users = (0..<200).map { "  u\($0): {password: \"\(Self.hash)\"}" }.joined(separator: "\n")
        let settings = try BackendFolder.settings("users:\n  \"\": {}\n\(users)\nacl: []")
        let pool = PasswordPool(threads: 2)
        let desk = FrontDesk(throttle: SignInThrottle(addressFree: 1_000, accountFree: 1_000))
        let service = AuthService(settings, pool: pool, desk: desk, logger: Logger(label: "test"))
        // Both threads are busy for as long as it takes, as two hashes of cost 12 are for a quarter of a second.
        let gate = DispatchSemaphore(value: 0)
        await withTaskGroup(of: HTTPResponse.Status?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    _ = await pool.run { _ in gate.wait() }
                    return nil
                }
            }
            for number in 0..<200 {
                group.addTask { await Self.ask(service, "u\(number)", "wrong", from: "10.0.\(number).1") }
            }
            while pool.waiting < 200 { await Task.yield() }
            for _ in 0..<100 { #expect(await Self.ask(service, "", "", from: "10.9.0.1") == .ok) }
            // Not one of them has had an answer.
            #expect(pool.waiting == 200)
            gate.signal()
            gate.signal()
            var refused = 0
            for await status in group {
                if status == .unauthorized { refused += 1 }
            }
            #expect(refused == 200)
        }
    }

    @Test("pays for an account that is not there what one that is there costs: as many comparisons, of the same cost")
    func strangers() async throws {
        let folder = try BackendFolder()
        let file = try folder.write("htpasswd", "alice:\(Self.hash)\n")
        // Where nothing may wait to be compared, whoever must be compared is turned away.
        let closed = PasswordPool(threads: 1, limit: 0)
        for section in [
            "users: {alice: {password: \"\(Self.hash)\"}}", "users: {}\nhtpasswd_auth: {path: \(file)}",
        ] {
            let state = AuthState(
                try BackendFolder.settings("\(section)\nacl: []"), pool: closed, logger: Logger(label: "test"))
            for account in ["alice", "ghost"] { #expect(await state.signIn(account, "x") == .busy, "\(section)") }
        }
        // Together: one comparison for whoever is of the first, of the second, or of none.
        let both = AuthState(
            try BackendFolder.settings(
                "users: {carol: {password: \"\(Self.hash)\"}}\nhtpasswd_auth: {path: \(file)}\nacl: []"), pool: closed,
            logger: Logger(label: "test"))
        for (account, place) in [("carol", "users"), ("alice", "htpasswd_auth"), ("ghost", "htpasswd_auth")] {
            guard case .refused(.busy, by: place) = await both.identify(account, password: [1]) else {
                Issue.record("\(account) is compared elsewhere than at \(place)")
                continue
            }
        }
        let database = try AuthDatabase(path: "\(folder.path)/auth.sqlite")
        let store = EmbeddedSignInStore(queue: database.queue, backend: "github_auth")
        var record = SignInRecord()
        record.passwordHash = Self.hash
        try await store.keep(record, of: "alice")
        let state = AuthState(
            try BackendFolder.settings("users: {}\nacl: []\ngithub_auth: {client_id: a, client_secret: b}"),
            pool: closed,
            database: database, logger: Logger(label: "test"))
        for account in ["alice", "ghost"] { #expect(await state.signIn(account, "x") == .busy) }
    }

    @Test("learns nothing from the answer: one text for a wrong password and for no such account")
    func bodies() async throws {
        let settings = try BackendFolder.settings("users: {alice: {password: \"\(Self.hash)\"}}\nacl: []")
        let service = AuthService(settings, pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
        let answers = [
            await BrowserFixture.token(service, "alice", "x"), await BrowserFixture.token(service, "ghost", "x"),
        ]
        #expect(answers[0].status == .unauthorized)
        #expect(answers[0].status == answers[1].status)
        #expect(answers[0].headers == answers[1].headers)
        #expect(answers[0].body == answers[1].body)
    }

    private static func ask(
        _ service: AuthService, _ user: String, _ password: String, from address: String
    ) async -> HTTPResponse.Status {
        var headers: HTTPFields = [:]
        if !user.isEmpty {
            headers[.authorization] = "Basic \(Base64.text(Array("\(user):\(password)".utf8), as: .standard))"
        }
        let request = IncomingRequest(method: "GET", target: "/auth?service=s", headers: headers, peer: address)
        return await service.answer(request, logger: Logger(label: "test")).status
    }
}
