import PluginInterface
import Testing

@testable import Supervisor

@Suite("A trace")
struct LogReadingTraceTests {
    /// A push that is refused, as the three workers log it.
    private static func refusedPush(_ logs: LoggedFolder, at second: Int, _ id: String, _ repository: String) throws {
        let two = LoggedFolder.two
        try logs.write(
            "auth/auth.log",
            #"{"time":"2026-11-24T16:\#(two(second - 1)):00.000000Z","level":"info","msg":"granted pull on \#(repository) (rule 2) to ci from 10.0.0.7","component":"auth","duration_ms":41.5,"event":"token","remote":"10.0.0.7","repository":"\#(repository)","request_id":"t-\#(id)","status":200,"user":"ci"}"#
                + "\n", append: true)
        try logs.write(
            "registry/registry.log",
            #"{"time":"2026-11-24T16:\#(two(second)):00.011000Z","level":"warning","msg":"denied: user ci may pull \#(repository) but not push to it","component":"registry","event":"denied","method":"PUT","path":"/v2/\#(repository)/manifests/1.4","remote":"10.0.0.7","request_id":"\#(id)"}"#
                + "\n", append: true)
        try logs.write(
            "proxy/proxy.log",
            #"{"time":"2026-11-24T16:\#(two(second)):00.012000Z","level":"info","msg":"PUT /v2/\#(repository)/manifests/1.4 → 403 in 12 ms","component":"proxy","request_id":"\#(id)","remote":"10.0.0.7","method":"PUT","path":"/v2/\#(repository)/manifests/1.4","status":403,"bytes":10,"bytes_in":0,"duration_ms":12.0,"upstream":"registry","upstream_ms":11.2}"#
                + "\n", append: true)
    }

    private func search(_ logs: LoggedFolder) -> TraceSearch { TraceSearch(snapshot: logs.snapshot()) }

    @Test("tells a refused push with its reason, and each hop in order")
    func refused() throws {
        let logs = try LoggedFolder()
        try Self.refusedPush(logs, at: 10, "r1", "team/app")
        try Self.refusedPush(logs, at: 20, "r2", "other/app")
        let trace = try #require(search(logs).trace("r1"))
        #expect(
            trace.sentence
                == "push of team/app:1.4 by ci from 10.0.0.7 failed: 403 DENIED at registry after 12 ms: user ci may pull team/app but not push to it"
        )
        #expect(trace.hops.map(\.watcher) == ["auth", "proxy", "registry"])
        #expect(trace.hops.map(\.isOwn) == [false, true, true])
        let lines = trace.text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[2].contains("+0.0 ms  proxy"))
        #expect(lines[2].contains("PUT /v2/team/app/manifests/1.4  403  12 ms"))
        let json = try #require(JSONFields(trace.json))
        #expect(json["outcome"]?.text == "failed")
        #expect(json["repository"]?.text == "team/app")
        #expect(json["user"]?.text == "ci")
    }

    @Test("tells a push that succeeded, and a request that was asked to sign in")
    func succeeded() throws {
        let logs = try LoggedFolder()
        try logs.write(
            "registry/registry.log",
            #"{"time":"2026-11-24T16:00:02.000000Z","level":"info","msg":"pushed team/app:1.4 sha256:12ab… (3 layers, 84 MiB) by ci from 10.0.0.7 in 2.1 s","component":"registry","event":"pushed","duration_ms":2100,"user":"ci","repository":"team/app","remote":"10.0.0.7","request_id":"r1"}"#
                + "\n")
        try logs.write(
            "proxy/proxy.log",
            #"{"time":"2026-11-24T16:00:02.001000Z","level":"info","msg":"PUT → 201","component":"proxy","request_id":"r1","remote":"10.0.0.7","method":"PUT","path":"/v2/team/app/manifests/1.4","status":201,"duration_ms":35.4,"upstream":"registry"}"#
                + "\n"
                + #"{"time":"2026-11-24T16:00:01.001000Z","level":"info","msg":"GET → 401","component":"proxy","request_id":"r0","remote":"10.0.0.7","method":"GET","path":"/v2/","status":401,"duration_ms":0.4,"upstream":"registry"}"#
                + "\n")
        #expect(
            search(logs).trace("r1")?.sentence
                == "push of team/app:1.4 by ci from 10.0.0.7 succeeded: 201 at registry after 35 ms")
        #expect(search(logs).trace("r0")?.sentence.contains("was asked to sign in: 401 at registry") == true)
        #expect(search(logs).lastFailure(in: nil) == nil)
    }

    @Test("tells the newest failure, of everything or of one repository")
    func lastFailure() throws {
        let logs = try LoggedFolder()
        try Self.refusedPush(logs, at: 10, "r1", "team/app")
        try Self.refusedPush(logs, at: 20, "r2", "other/app")
        #expect(search(logs).lastFailure(in: nil) == "r2")
        #expect(search(logs).lastFailure(in: "team/app") == "r1")
        #expect(search(logs).lastFailure(in: "team/*") == "r1")
        #expect(search(logs).lastFailure(in: "nobody/*") == nil)
        try logs.write(
            "auth/auth.log",
            #"{"time":"2026-11-24T16:30:00.000000Z","level":"info","msg":"refused eve from 10.0.0.9: wrong password","component":"auth","event":"token","remote":"10.0.0.9","request_id":"r3","status":401,"duration_ms":90.1,"user":"eve"}"#
                + "\n", append: true)
        #expect(search(logs).lastFailure(in: nil) == "r3")
        #expect(
            search(logs).trace("r3")?.sentence
                == "login by eve from 10.0.0.9 failed: 401 UNAUTHORIZED at auth after 90 ms: wrong password")
    }

    @Test("knows no request that is not in the logs, and how far back they reach")
    func unknown() throws {
        let logs = try LoggedFolder()
        try Self.refusedPush(logs, at: 10, "r1", "team/app")
        #expect(search(logs).trace("r") == nil)
        #expect(logs.snapshot().reachesBack == Int64(LoggedFolder.start + 540) * 1_000_000_000)
    }

    @Test(
        "says what a request was about",
        arguments: [
            ("GET", "/v2/", "first look at the registry", nil),
            ("PUT", "/v2/a/b/manifests/1", "push of a/b:1", "a/b"),
            ("GET", "/v2/a/manifests/sha256:1", "pull of a@sha256:1", "a"),
            ("HEAD", "/v2/a/blobs/sha256:1", "look at a layer of a", "a"),
            ("POST", "/v2/a/blobs/uploads/", "push of a layer to a", "a"),
            ("PATCH", "/v2/a/blobs/uploads/u1", "push of a layer to a", "a"),
            ("DELETE", "/v2/a/manifests/1", "deletion of a:1", "a"),
            ("GET", "/v2/a/tags/list", "listing of the tags of a", "a"),
            ("GET", "/v2/manifests/manifests/1", "pull of manifests:1", "manifests"),
            ("GET", "/authserver/auth", "login", nil), ("GET", "/x", "GET /x", nil),
        ])
    func requests(method: String, path: String, words: String, repository: String?) {
        let request = TracedRequest(method: method, path: path)
        #expect(request.words == words)
        #expect(request.repository == repository)
    }
}
