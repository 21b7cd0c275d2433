import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The control socket and its clients", .serialized)
struct ControlClientTests {
    private let sleeper = "while :; do sleep 1000; done"

    @Test("answers status and reload, and stops on request")
    func routes() throws {
        let control = try ControlHarness()
        try control.ready()
        func ask(_ method: String, _ target: String) throws -> ControlClient.Answer {
            try control.client { try ControlClient.ask(method, target, at: $0) }
        }
        #expect(try ask("GET", "/v1/status").body.contains(#""name":"a","state":"running","ready":true"#))
        #expect(try ask("POST", "/v1/reload").body.contains(#""applied":true"#))
        control.scenario.next.value = .failure(Refusal(problems: ["x.yaml:1: domain: is empty. Give one."]))
        let refused = try ask("POST", "/v1/reload")
        #expect(refused.status == 422)
        #expect(refused.body.contains("x.yaml:1: domain: is empty. Give one."))
        #expect(try ask("POST", "/v1/stop").status == 202)
        #expect(try control.scenario.wait { control.scenario.arbiter.slots.isEmpty })
    }

    @Test("says that nobody is there")
    func nobody() {
        #expect(throws: CallFailure.self) {
            try ControlClient.ask("GET", "/v1/status", at: "/nonexistent/control.sock")
        }
    }

    @Test("obeys 50 commands at once, whatever they are")
    func concurrent() throws {
        let control = try ControlHarness(["a", "b", "c"].map { Scenario.shell($0, sleeper) })
        try control.ready()
        let orders = [
            ("POST", "/v1/watchers/*/restart", ""), ("POST", "/v1/watchers/a/stop", ""),
            ("POST", "/v1/watchers/a/start", ""), ("GET", "/v1/status", ""), ("POST", "/v1/reload", ""),
            ("POST", "/v1/watchers/b/scale", #"{"to": 2}"#), ("GET", "/v1/stats", ""),
            ("POST", "/v1/watchers/c/signal", #"{"signal": "WINCH"}"#), ("GET", "/v1/plan", ""),
            ("POST", "/v1/watchers/b/restart?wait=true", ""),
        ]
        let path = control.path
        let answers = try Mailbox<Int>()
        for number in 0..<50 {
            let (method, target, body) = orders[number % orders.count]
            try HelperThread.start("client") {
                let answer = try? ControlClient.ask(
                    method, target, body: body.isEmpty ? nil : body, at: path, timeout: .seconds(60))
                answers.post(answer?.status ?? 0)
            }
        }
        var statuses: [Int] = []
        try control.scenario.wait(.seconds(60)) {
            statuses += answers.take().messages
            return statuses.count == 50
        }
        #expect(statuses.count == 50)
        #expect(statuses.allSatisfy { $0 == 200 }, "\(statuses.sorted())")
        // Which of the stops and starts of `a` came last is nobody's promise.
        _ = try control.scenario.order(.start, "a")
        #expect(try control.scenario.wait { ["a", "b", "c"].allSatisfy { control.scenario.state($0) == "running" } })
    }

    @Test("streams events as they happen, filtered")
    func events() throws {
        let control = try ControlHarness([Scenario.shell("a", sleeper), Scenario.shell("b", sleeper)])
        try control.ready()
        let lines = try Mailbox<String>()
        let path = control.path
        try HelperThread.start("client") {
            _ = try? ControlClient(at: path).follow("/v1/events?kinds=exited,spawned&watcher=b*") {
                lines.post($0)
                return !$0.contains("spawned")
            }
        }
        #expect(try control.scenario.wait { control.scenario.arbiter.events.hasListeners })
        for name in ["a", "b"] { try control.scenario.slot(name).child?.signal(SIGKILL) }
        var seen: [String] = []
        try control.scenario.wait {
            seen += lines.take().messages
            return seen.contains { $0.contains("spawned") }
        }
        #expect(seen.allSatisfy { $0.contains(#""watcher":"b""#) }, "\(seen)")
        #expect(seen.first?.contains(#""kind":"exited""#) == true, "\(seen)")
        #expect(
            try control.scenario.wait { !control.scenario.arbiter.events.hasListeners }, "it is let go when it ends")
    }

    @Test("bounds what waits for a client that does not read, and tells it what it missed")
    func neverReads() throws {
        let control = try ControlHarness()
        try control.ready()
        let client = try ControlHarness.connect(control.path)
        let request = Array("GET /v1/events HTTP/1.1\r\n\r\n".utf8)
        #expect(write(client.number, request, request.count) == request.count)
        #expect(try control.scenario.wait { control.scenario.arbiter.events.hasListeners })
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<5000 { control.scenario.arbiter.events.publish(SupervisorEvent(.emitted, fields: ["text": text])) }
        // The others are served meanwhile.
        #expect(try control.client { try ControlClient.ask("GET", "/v1/status", at: $0) }.status == 200)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        _ = fcntl(client.number, F_SETFL, O_NONBLOCK)
        try control.scenario.wait {
            let count = read(client.number, &buffer, buffer.count)
            if count > 0 { received += buffer[..<count] }
            return String(decoding: received.suffix(200), as: UTF8.self).contains(#""kind":"gap""#)
        }
        let all = String(decoding: received, as: UTF8.self)
        let missed = all.firstMatch(of: #/"kind":"gap","missed":([0-9]+)/#).flatMap { Int($0.1) } ?? 0
        let told = all.matches(of: #/"kind":"emitted"/#).count
        #expect(told + missed == 5000)
        #expect(received.count < 2 << 20, "\(received.count) bytes were kept")
    }

    @Test("answers garbage and lets it go, and one that half closes still gets its answer")
    func garbage() throws {
        let control = try ControlHarness()
        try control.ready()
        let garbage = try control.client { path in
            let client = try ControlHarness.connect(path)
            let bytes = [UInt8](repeating: 0xFF, count: 40_000)
            _ = write(client.number, bytes, bytes.count)
            return Self.readAll(client.number)
        }
        #expect(garbage.hasPrefix("HTTP/1.1 431 "), "\(garbage)")
        let halfClosed = try control.client { path in
            let client = try ControlHarness.connect(path)
            let bytes = Array("GET /v1/stats HTTP/1.1\r\n\r\n".utf8)
            _ = write(client.number, bytes, bytes.count)
            shutdown(client.number, CInt(SHUT_WR))
            return Self.readAll(client.number)
        }
        #expect(halfClosed.hasPrefix("HTTP/1.1 200 OK"), "\(halfClosed.prefix(100))")
    }

    @Test("is not held by hundreds that connect and say nothing")
    func silent() throws {
        let control = try ControlHarness()
        try control.ready()
        var silent: [CInt] = []
        for _ in 0..<300 {
            silent.append(try ControlHarness.connect(control.path).release())
            try control.scenario.loop.turn(waiting: .zero)
        }
        defer { for number in silent { close(number) } }
        #expect(try control.client { try ControlClient.ask("GET", "/v1/status", at: $0) }.status == 200)
    }

    private static func readAll(_ number: CInt) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(number, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
