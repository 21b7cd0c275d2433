import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Synchronization
import Testing
import WorkerRuntime

@testable import AuthWorker

@Suite("A safeguard", .timeLimit(.minutes(2)))
struct SafeguardTests {
    /// `123`
    private let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"

    @Test(
        "keeps no owner out whose password a back-end has found right a moment ago, while somebody guesses at the account"
    )
    func guesses() async throws {
        let folder = try BackendFolder()
        let file = try folder.write("htpasswd", "alice:\(hash)\n")
        let sections = "users: {}\nacl: []\nhtpasswd_auth: {path: \(file)}"
        let desk = FrontDesk(throttle: SignInThrottle(addressFree: 100, accountFree: 2))
        let service = AuthService(
            try BackendFolder.settings(sections), pool: PasswordPool(threads: 1), desk: desk,
            logger: Logger(label: "test"))
        func ask(_ password: String) async -> HTTPResponse.Status {
            await BrowserFixture.token(service, "alice", password).status
        }
        #expect(await ask("123") == .ok)
        for _ in 0..<3 { #expect(await ask("guess") == .unauthorized) }
        #expect(await ask("guess") == .tooManyRequests)
        #expect(await ask("123") == .ok)
        #expect(await ask("guess") == .tooManyRequests)
        // Another password: the old one is asked about once more, and is a guess from then on.
        try folder.write("htpasswd", "alice:\(hash.replacing("WuwB", with: "WuwC"))\n")
        try await ServerTool.wait { await ask("123") == .unauthorized }
        #expect(await ask("123") == .tooManyRequests)
        // A new configuration remembers nothing.
        try folder.write("htpasswd", "alice:\(hash)\n")
        service.replace(try BackendFolder.settings(sections))
        #expect(await ask("123") == .tooManyRequests)
    }

    @Test("decides in the place of others that wait, when an account's labels make many patterns")
    func labels() async throws {
        let settings = try BackendFolder.settings(
            #"users: {}\#nacl: [{match: {name: "${labels:a}/${labels:b}"}, actions: [pull]}]"#)
        let many = Labels([("a", (0..<100).map { "a\($0)" }), ("b", (0..<90).map { "b\($0)" })])
        func request(_ labels: Labels, _ name: String) -> AccessRequest {
            AccessRequest(
                account: "u", type: "repository", name: name, service: "s", address: nil, actions: ["pull"],
                labels: labels)
        }
        let list = settings.accessList
        #expect(list.isDear(request(many, "x")))
        #expect(!list.isDear(request(Labels([("a", ["x"]), ("b", ["y", "z"])]), "x")))
        #expect(await list.authorize(request(many, "a99/b89")) == .decided(AccessDecision(rule: 0, allowed: ["pull"])))
        #expect(await list.authorize(request(many, "a99/c")) == .noMatch)
        let plain = try BackendFolder.settings("users: {}\nacl: [{match: {name: a}, actions: [pull]}]").accessList
        #expect(!plain.isDear(request(many, "a")))
    }

    @Test("tells a change although something happens beside the file all the time")
    func constantWrites() async throws {
        let folder = try BackendFolder()
        let file = try folder.write("auth.yml", "a")
        let watch = FileWatch(quiet: .seconds(20), longest: .milliseconds(200))
        watch.follow([file])
        try folder.write("auth.yml", "other")
        let isDone = Mutex(false)
        let writer = Thread {
            while !isDone.withLock({ $0 }) {
                _ = try? folder.write("beside", "x")
                usleep(10_000)
            }
        }
        writer.start()
        var changes = watch.changes.makeAsyncIterator()
        #expect(await changes.next() != nil)
        isDone.withLock { $0 = true }
        watch.stop()
    }

    @Test(
        "refuses a key that signs tokens when others may write or read it; compatibility lets them read, and says so",
        arguments: [
            (0o600, ""), (0o400, ""), (0o440, ""), (0o640, ""), (0o644, "may read it"), (0o444, "may read it"),
            (0o604, "may read it"), (0o660, "may put"), (0o606, "may put"),
        ], [false, true])
    func keyMode(mode: (bits: Int, problem: String), isCompatible: Bool) throws {
        let folder = try BackendFolder()
        let pem = try String(contentsOf: URL(filePath: "\(TestKeys.folder)/p256.key"), encoding: .utf8)
        let key = try folder.write("token.key", pem, mode: mode.bits)
        let text = """
            server: {addr: ":5001"}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, key: \(key)}
            users: {}
            acl: []
            compat: \(isCompatible)
            """
        let isRefused = mode.bits & 0o022 != 0 || mode.bits & 0o004 != 0 && !isCompatible
        switch Result(catching: { try AuthSettings(try .parse(text, file: "auth.yml")) }) {
        case .success(let settings):
            #expect(!isRefused)
            let warning = settings.warnings.first { $0.contains("may read it") }
            #expect((warning != nil) == (mode.bits & 0o004 != 0))
            #expect(warning.map { $0.contains("chmod 600 \(key)") } ?? true)
        case .failure(let error):
            let sentence = "\(error)"
            #expect(isRefused && sentence.contains(mode.problem), "\(sentence)")
            #expect(sentence.contains("auth.yml:2") && sentence.contains("chmod 600 \(key)"), "\(sentence)")
        }
    }

    @Test("names an administrator's socket that is not ready yet by its suffix alone")
    func passingName() {
        #expect(AdminSocket.passing("/run/my.sockets/auth-admin.sock") == "/run/my.sockets/auth-admin.new")
        #expect(AdminSocket.passing("/run/a.sock.d/admin") == "/run/a.sock.d/admin.new")
    }

    @Test("leaves the terminal's echo on when somebody presses Ctrl-C at a password")
    func prompt() async throws {
        let program =
            "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/.build/debug/dockmaster"
        let folder = try BackendFolder()
        let script = try folder.write(
            "terminal.py",
            """
            import os, pty, sys, termios, signal, time
            # Nobody waits longer, whatever goes wrong: what it has inherited keeps others waiting.
            signal.alarm(60)
            master, slave = pty.openpty()
            def echoes(): return bool(termios.tcgetattr(slave)[3] & termios.ECHO)
            def wait(expected):
                for _ in range(3000):
                    if echoes() == expected: return
                    time.sleep(0.01)
                sys.exit("the echo stays " + ("off" if expected else "on"))
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                os.setsid()
                import fcntl
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
                signal.pthread_sigmask(signal.SIG_SETMASK, [])
                for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_DFL)
                for number in (0, 1, 2): os.dup2(slave, number)
                os.environ["DOCKMASTER_RUN"] = sys.argv[2]
                os.execv(sys.argv[1], [sys.argv[1], "user", "add", "x"])
            wait(False)
            os.write(master, b"\\x03")
            _, status = os.waitpid(child, 0)
            if not echoes(): sys.exit("the echo is off")
            if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGINT: sys.exit("ended by %d" % status)
            """)
        let status = try await ServerTool.shell("python3 \(script) \(program) \(folder.path) 2>\(folder.path)/error")
        #expect(status == 0, "\(folder.text("error"))")
    }
}
