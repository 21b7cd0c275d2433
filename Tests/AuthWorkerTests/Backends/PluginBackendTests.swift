import Foundation
import Testing

@testable import AuthWorker

@Suite("Plugins that stay", .timeLimit(.minutes(2)))
struct PluginBackendTests {
    private let folder: BackendFolder

    init() throws { folder = try BackendFolder() }

    private func state(_ body: String, _ more: String = "", section: String = "plugin_authn") throws -> AuthState {
        let program = try folder.program("plugin", body)
        let rest = section == "plugin_authn" ? "acl: []" : "users: {}"
        return try BackendFolder.state("\(section): {command: \(program)\(more)}\n\(rest)")
    }

    @Test("answer line by line from one process")
    func lines() async throws {
        let state = try state(
            """
            echo start >> \(folder.path)/starts
            while read -r line; do
              case "$line" in
              '{"user":"alice","password":"p\\"w"}') echo '{"result": "allowed", "labels": {"group": ["web"]}}';;
              '{"user":"alice"'*) echo '{"result": "denied"}';;
              *) echo '{"result": "no_match"}';;
              esac
            done
            """, ", processes: 1")
        for _ in 0..<20 {
            #expect(await state.signIn("alice", "p\"w") == .signedIn(labels: Labels([("group", ["web"])])))
            #expect(await state.signIn("alice", "x") == .wrongPassword)
            #expect(await state.signIn("bob", "x") == .unknownAccount)
        }
        #expect(folder.text("starts") == "start\n")
    }

    @Test("that ended between two questions are started again at once")
    func restart() async throws {
        let state = try state("echo start >> \(folder.path)/starts; read -r line; echo '{\"result\": \"allowed\"}'")
        for _ in 0..<3 { #expect(await state.signIn("alice", "x") == .signedIn(labels: .none)) }
        #expect(folder.text("starts") == "start\nstart\nstart\n")
    }

    @Test("that fail are not started again and again: there is a pause, and then they recover")
    func pause() async throws {
        let state = try state(
            "echo start >> \(folder.path)/starts; [ -e \(folder.path)/well ] || exit 1\n"
                + "while read -r line; do echo '{\"result\": \"allowed\"}'; done")
        for _ in 0..<50 {
            guard case .failed(let failure) = await state.signIn("alice", "x") else {
                Issue.record("it signs in or out")
                return
            }
            #expect(failure.isOutage)
        }
        #expect(folder.text("starts").split(separator: "\n").count < 50)
        try folder.write("well", "")
        while await state.signIn("alice", "x") != .signedIn(labels: .none) {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("that talk nonsense, too much, or not at all sign nobody in")
    func nonsense() async throws {
        for (answer, words, isOutage) in [
            ("echo hello", "no JSON object", false), ("echo '[]'", "no JSON object", false),
            ("echo '{}'", "no result", false), ("echo '{\"result\": \"allowed\", \"labels\": [1]}'", "labels", false),
            ("printf '{\"result\": \"allowed\"}\\n{\"result\": \"allowed\"}\\n'", "more than one line", false),
            ("sleep 300", "in time", true),
        ] {
            let state = try state("read -r line; \(answer); sleep 300", ", timeout: 1s")
            guard case .failed(let failure) = await state.signIn("alice", "x") else {
                Issue.record("\(answer) signs in or out")
                continue
            }
            #expect(failure.problem.contains(words) && failure.isOutage == isOutage, "\(answer): \(failure)")
        }
    }

    @Test("authorize within what was asked for")
    func authorization() async throws {
        let state = try state(
            """
            while read -r line; do
              case "$line" in
              *'"Name":"all"'*) echo '{"result": "allowed"}';;
              *'"Name":"some"'*) echo '{"result": "allowed", "actions": ["pull", "delete"]}';;
              *'"Name":"none"'*) echo '{"result": "denied"}';;
              *) echo '{"result": "no_match"}';;
              esac
            done
            """, section: "plugin_authz")
        #expect(await state.actions("alice", "all") == .success(["pull", "push"]))
        #expect(await state.actions("alice", "some") == .success(["pull"]))
        #expect(await state.actions("alice", "none") == .success([]))
        #expect(await state.actions("alice", "other") == .success([]))
    }

    @Test("serve HTTP on a unix socket, too")
    func socket() async throws {
        let socket = "\(folder.path)/p.sock"
        let server = try folder.write(
            "server.py",
            """
            import http.server, json, socketserver, sys
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                    if self.path == "/authn":
                        result = {"result": "allowed" if asked["password"] == "pw" else "denied"}
                    else:
                        result = {"result": "allowed", "actions": ["pull"]}
                    body = json.dumps(result).encode()
                    self.send_response(500 if asked.get("user") == "ill" else 200)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def address_string(self): return "-"
                def log_message(self, *_): pass
            class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): daemon_threads = True
            Server(sys.argv[1], Handler).serve_forever()
            """)
        let state = try BackendFolder.state(
            "plugin_authn: {socket: \(socket), timeout: 30s}\nplugin_authz: {socket: \(socket)}")
        guard case .failed(let failure) = await state.signIn("alice", "pw") else {
            Issue.record("nobody listens, and it signs in or out")
            return
        }
        #expect(failure.isOutage)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [server, socket]
        try process.run()
        // A test's children inherit blocked signals.
        defer { kill(process.processIdentifier, SIGKILL) }
        let start = ContinuousClock.now
        var outcome = SignInOutcome.unknownAccount
        while outcome != .signedIn(labels: .none), ContinuousClock.now - start < .seconds(30) {
            try await Task.sleep(for: .milliseconds(50))
            outcome = await state.signIn("alice", "pw")
        }
        #expect(outcome == .signedIn(labels: .none))
        #expect(await state.signIn("alice", "x") == .wrongPassword)
        #expect(await state.actions("alice", "any") == .success(["pull"]))
        guard case .failed(let ill) = await state.signIn("ill", "x") else {
            Issue.record("500 signs in or out")
            return
        }
        #expect(ill.isOutage)
    }

    @Test("of Go are refused, with what to write instead")
    func configuration() {
        #expect(
            BackendFolder.problems("acl: []\nplugin_authn: {plugin_path: /x.so}").contains("only a Go program can load")
        )
        #expect(BackendFolder.problems("acl: []\nplugin_authn: {socket: x}").contains("no absolute path"))
        #expect(BackendFolder.problems("users: {}\nplugin_authz: {}").contains("has no command"))
    }
}
