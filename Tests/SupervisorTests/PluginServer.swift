import Glibc
import ProcessControl

@testable import Supervisor

/// A small server in Python that writes what it gets into a file: http (answers what the file `answer` says), udp, smtp.
final class PluginServer {
    private let child: ChildProcess
    let folder: ScenarioFolder
    private(set) var port = 0

    private static let script = """
        import http.server, os, socket, socketserver, sys, threading
        kind, folder = sys.argv[1:]
        def note(text):
            with open(folder + "/got", "a") as file: file.write(text + "\\n")
        def ready(port):
            with open(folder + "/port.new", "w") as file: file.write(str(port))
            os.rename(folder + "/port.new", folder + "/port")
        class Web(http.server.BaseHTTPRequestHandler):
            def answer(self):
                try: code = int(open(folder + "/answer").read())
                except OSError: code = 200
                length = int(self.headers.get("Content-Length") or 0)
                note(self.command + " " + self.path + " " + self.rfile.read(length).decode())
                self.send_response(code); self.send_header("Content-Length", "0"); self.end_headers()
            do_GET = do_POST = answer
            def log_message(self, *rest): pass
        class Mail(socketserver.StreamRequestHandler):
            def handle(self):
                def say(text): self.wfile.write(text.encode() + b"\\r\\n")
                say("220 test")
                while line := self.rfile.readline().decode().strip():
                    note(line)
                    word = line.split()[0].upper()
                    if word == "EHLO": say("250-test"); say("250 AUTH PLAIN LOGIN")
                    elif word == "AUTH": say("235 good")
                    elif word == "QUIT": say("221 bye"); return
                    elif word == "DATA":
                        say("354 go")
                        while (part := self.rfile.readline().decode().rstrip("\\r\\n")) != ".": note("| " + part)
                        say("250 taken")
                    else: say("250 fine")
        if kind == "udp":
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); out.bind(("127.0.0.1", 0)); ready(out.getsockname()[1])
            while True: note(out.recv(2048).decode())
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web) if kind == "http" \\
            else socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
        ready(server.server_address[1])
        server.serve_forever()
        """

    init(_ kind: String) throws {
        folder = try ScenarioFolder()
        var request = SpawnRequest("/usr/bin/env", ["python3", "-c", Self.script, kind, folder.path])
        request.environment = ChildEnvironment.inherited()
        child = try Spawner.spawn(request)
        _ = wait { TextFile.read("\(folder.path)/port") != nil }
        port = Int(TextFile.read("\(folder.path)/port") ?? "") ?? 0
    }

    deinit {
        child.signal(SIGKILL)
        while child.reap() == nil { usleep(500) }
    }

    /// What it got so far.
    var got: String { TextFile.read("\(folder.path)/got") ?? "" }

    func answer(_ code: Int) throws {
        let file = try OwnedDescriptor.open("\(folder.path)/answer", O_WRONLY | O_CREAT | O_TRUNC)
        let bytes = Array("\(code)".utf8)
        _ = write(file.number, bytes, bytes.count)
    }

    func wait(_ limit: Duration = .seconds(15), until isSo: () -> Bool) -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        while !isSo() {
            guard MonotonicTime.now < deadline else { return false }
            usleep(5000)
        }
        return true
    }
}
