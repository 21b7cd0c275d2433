import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The control socket's parser")
struct ControlRequestParserTests {
    private let text =
        "POST /v1/reload?x=1 HTTP/1.1\r\nHost: dockmaster\r\nContent-Length: 5\r\nACCEPT: text/plain\r\n\r\nhello"

    @Test("reads a request in any pieces, and two in a row", arguments: [1, 3, 1000])
    func pieces(size: Int) {
        var parser = ControlRequestParser()
        let stream = Array((text + text).utf8)
        var requests: [ControlRequest] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            parser.feed(stream[start..<min(start + size, stream.count)])
            while case .request(let request) = parser.next() { requests.append(request) }
        }
        #expect(requests.count == 2)
        #expect(requests.first?.method == "POST")
        #expect(requests.first?.path == "/v1/reload")
        #expect(requests.first?.body == Array("hello".utf8))
        #expect(requests.first?.wantsText == true)
    }

    @Test(
        "refuses what is not plain HTTP",
        arguments: [
            ("GET / HTTP/2\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET x HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
            (String(repeating: "x", count: 20_000), 431),
        ])
    func refused(text: String, status: Int) {
        var parser = ControlRequestParser()
        parser.feed(Array(text.utf8)[...])
        guard case .refused(let answered, _) = parser.next() else {
            Issue.record("not refused")
            return
        }
        #expect(answered == status)
    }
}

@Suite("JSON that is written")
struct JSONValueTests {
    @Test("is quoted as it must be")
    func quoting() {
        let value = JSONValue.object([
            ("a\"b", .string("x\n\u{01}é")), ("n", .array([.integer(1), .null, .bool(true)])),
        ])
        #expect(value.text == #"{"a\"b":"x\n\u0001é","n":[1,null,true]}"#)
    }
}

@Suite("The control socket", .serialized)
struct ControlServerTests {
    @Test("answers status and reload, and stops on request")
    func routes() throws {
        let scenario = try Scenario([Scenario.shell("a", "while :; do sleep 1000; done")])
        let path = "\(scenario.folder.path)/control.sock"
        let server = try ControlServer(path: path, loop: scenario.loop) { [arbiter = scenario.arbiter] request, reply in
            arbiter.answer(request, reply)
        }
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        func ask(_ method: String, _ target: String, accept: String = "*/*") throws -> ControlClient.Answer {
            let answers = try Mailbox<Result<ControlClient.Answer, Refusal>>()
            try HelperThread.start("client") {
                do throws(Refusal) {
                    answers.post(.success(try ControlClient.ask(method, target, at: path, accept: accept)))
                } catch {
                    answers.post(.failure(error))
                }
            }
            var answer: Result<ControlClient.Answer, Refusal>?
            try scenario.wait {
                answer = answers.take().messages.first
                return answer != nil
            }
            return try #require(answer).get()
        }
        let status = try ask("GET", "/v1/status")
        #expect(status.status == 200)
        #expect(status.body.contains(#""name":"a","state":"running","ready":true"#))
        #expect(try ask("GET", "/v1/status", accept: "text/plain").body.contains("a[1]     running"))
        #expect(try ask("POST", "/v1/reload").body.contains(#""applied":true"#))
        scenario.next.value = .failure(Refusal(problems: ["x.yaml:1: domain: is empty. Give one."]))
        let refused = try ask("POST", "/v1/reload")
        #expect(refused.status == 422)
        #expect(refused.body.contains("x.yaml:1: domain: is empty. Give one."))
        #expect(try ask("GET", "/v1/nothing").status == 404)
        #expect(try ask("GET", "/v1/reload").status == 405)
        #expect(try ask("POST", "/v1/stop").status == 202)
        #expect(try scenario.wait { scenario.arbiter.slots.isEmpty })
        scenario.relay.finish()
        withExtendedLifetime(server) {}
    }

    @Test("says that nobody is there")
    func nobody() {
        #expect(throws: Refusal.self) {
            try ControlClient.ask("GET", "/v1/status", at: "/nonexistent/control.sock", accept: "*/*")
        }
    }
}

@Suite("The run folder")
struct RunFolderTests {
    @Test("is held by one supervisor at a time, which is named")
    func lock() throws {
        let folder = try ScenarioFolder()
        let held = try RunFolder("\(folder.path)/a/run")
        #expect(
            throws: Refusal(problems: [
                "another dockmaster (pid \(getpid())) runs in \(folder.path)/a/run; stop it, or choose another run folder (--run)"
            ])
        ) { _ = try RunFolder("\(folder.path)/a/run") }
        withExtendedLifetime(held) {}
    }
}

@Suite("Sentences")
struct SentenceTests {
    @Test("tell durations as people do")
    func durations() {
        let texts = [0.0, 0.004, 0.5, 2, 42, 90, 3600, 11_520, 200_000].map { Words.duration(.seconds($0)) }
        #expect(texts == ["0 s", "4 ms", "0.5 s", "2 s", "42 s", "90 s", "1 h", "3 h 12 min", "2 d 7 h"])
    }

    @Test("tell a death with its cause, age and consequence")
    func death() {
        let sequel = WatcherReport.Sequel.restart(
            after: .milliseconds(500), failures: 1, limit: 5, window: .seconds(60))
        let sentence = ReportSentence(
            .died(.signal(SIGSEGV), uptime: .seconds(11_520), then: sequel), slot: "registry[2]", reason: nil)
        #expect(
            sentence?.text == "registry[2] died: SIGSEGV after 3 h 12 min. Restart in 0.5 s (failure 1 of 5 in 60 s).")
    }
}
