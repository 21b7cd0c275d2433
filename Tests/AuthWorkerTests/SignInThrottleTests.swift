import BundleConfig
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("Failed sign-ins")
struct SignInThrottleTests {
    private let start = ContinuousClock.now

    private func table(free: Int = 3, pending: Int = 5, capacity: Int = 100) -> FailureTable<Int> {
        FailureTable(.init(free: free, pending: pending, longest: .seconds(8), capacity: capacity))
    }

    private func fail(_ table: inout FailureTable<Int>, _ key: Int, at now: ContinuousClock.Instant) {
        table.begin(key, at: now)
        table.end(key, isFailure: true, forgives: true, at: now)
    }

    @Test("delay nobody who looked at the clock before another attempt was noted, as two at once may")
    func order() {
        var table = table()
        table.begin(1, at: start + .milliseconds(1))
        #expect(table.wait(of: 1, at: start) == nil)
    }

    @Test("cost nothing at first, then twice the wait each, up to a limit, and are forgotten")
    func delays() {
        var table = table()
        var now = start
        for _ in 0..<3 { fail(&table, 1, at: now) }
        #expect(table.wait(of: 1, at: now) == nil)
        for seconds in [1, 2, 4, 8, 8] {
            fail(&table, 1, at: now)
            #expect(table.wait(of: 1, at: now) == .seconds(seconds))
            #expect(table.wait(of: 2, at: now) == nil)
            now = now + .seconds(seconds)
            #expect(table.wait(of: 1, at: now) == nil)
        }
        now = now + .seconds(900)
        fail(&table, 1, at: now)
        #expect(table.wait(of: 1, at: now) == nil)
    }

    @Test("are forgiven after a success, where successes forgive")
    func forgiveness() {
        var table = table()
        for _ in 0..<3 { fail(&table, 1, at: start) }
        table.begin(1, at: start)
        table.end(1, isFailure: false, forgives: true, at: start)
        fail(&table, 1, at: start)
        #expect(table.wait(of: 1, at: start) == nil)
        for _ in 0..<2 { fail(&table, 1, at: start) }
        table.begin(1, at: start)
        table.end(1, isFailure: false, forgives: false, at: start)
        fail(&table, 1, at: start)
        #expect(table.wait(of: 1, at: start) != nil)
    }

    @Test("under way at once are bounded, and after too many failures come one by one")
    func pending() {
        var table = table()
        for _ in 0..<5 { table.begin(1, at: start) }
        #expect(table.wait(of: 1, at: start) == .seconds(1))
        for _ in 0..<5 { table.end(1, isFailure: true, forgives: true, at: start) }
        let later = start + .seconds(60)
        table.begin(1, at: later)
        #expect(table.wait(of: 1, at: later) == .seconds(1))
    }

    @Test("of ever new keys need no more memory than the table's limit")
    func bounds() {
        var table = table(capacity: 50)
        for key in 0..<5_000 { fail(&table, key, at: start) }
        #expect(table.count <= 50)
    }

    @Test("are answered 429 with Retry-After, for whoever guesses, before a password is hashed")
    func answers() async throws {
        let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"
        let file = """
            server: {addr: ":5001", real_ip_header: X-Real-IP}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, \
            key: \(TestKeys.folder)/p256.key}
            users: {test: {password: "\(hash)"}, "": {}}
            acl: []
            """
        let desk = FrontDesk(throttle: SignInThrottle(addressFree: 4, accountFree: 2))
        let service = AuthService(
            try AuthSettings(try .parse(file, file: "auth.yml")), pool: PasswordPool(threads: 1), desk: desk,
            logger: Logger(label: "test"))
        func ask(_ password: String, user: String = "test", from address: String) async -> OutgoingAnswer {
            var header: [UInt8] = Array("Basic ".utf8)
            Base64.append(Array("\(user):\(password)".utf8), as: .standard, to: &header)
            return await service.answer(
                IncomingRequest(
                    method: "GET", target: "/auth?service=s",
                    headers: [
                        .authorization: String(decoding: header, as: UTF8.self), .realIP: address,
                    ]), logger: Logger(label: "test"))
        }
        #expect(await ask("123", from: "10.0.0.1").status == .ok)
        for _ in 0..<3 { #expect(await ask("bad", from: "10.0.0.2").status == .unauthorized) }
        let delayed = await ask("bad", from: "10.0.0.2")
        #expect(delayed.status == .tooManyRequests)
        #expect(delayed.headers[.retryAfter] == "1")
        #expect(
            delayed.text
                == #"{"errors":[{"code":"TOOMANYREQUESTS","message":"too many failed sign-ins, try again in 1 s"}]}"#
                + "\n")
        // The right password of a moment ago passes; another address's guess at the same account does not.
        #expect(await ask("123", from: "10.0.0.1").status == .ok)
        #expect(await ask("bad", from: "10.0.0.3").status == .tooManyRequests)
        // Other accounts from the guessing address: until it has guessed too often itself.
        for _ in 0..<2 { #expect(await ask("x", user: "ghost", from: "10.0.0.2").status == .unauthorized) }
        #expect(await ask("x", user: "spook", from: "10.0.0.2").status == .tooManyRequests)
        #expect(await ask("x", user: "spook", from: "10.0.0.4").status == .unauthorized)
    }
}
