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
        #expect(requests.first?.query == ["x": "1"])
        #expect(requests.first?.headers["accept"] == "text/plain")
    }

    @Test(
        "refuses what is not plain HTTP",
        arguments: [
            ("GET / HTTP/2\r\n\r\n", 400), ("GET /\r\n\r\n", 400), ("GET x HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
            ("GET /?a=%zz HTTP/1.1\r\n\r\n", 400), (String(repeating: "x", count: 20_000), 431),
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
