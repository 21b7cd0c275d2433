import Foundation
import Testing

extension WholeBundle {
    /// The registry by itself, as `dockmaster-registry --config` runs it, beside those whom it talks to.
    @Suite("What the registry sends and asks", .serialized)
    struct OutboundTests {
        @Test("a webhook hears of a push by skopeo, also of one before a kill -9 while it was away")
        func notifications() async throws {
            try Shell.require("skopeo", "buildah", "python3")
            let folder = try TestFolder(named: "hook")
            let tools = ContainerTools(folder: folder)
            try await tools.buildImage("one", layers: 1)
            let ports = FreePort.some(2)
            let registry = try start(
                folder, port: ports[0],
                """
                notifications:
                  endpoints:
                    - {name: a, url: "http://127.0.0.1:\(ports[1])/", threshold: 1, backoff: 200ms, ignore: {actions: [pull]}}
                """)
            try await waitFor("http://127.0.0.1:\(ports[0])/v2/", folder)
            let push = "\(tools.buildah) push -q --tls-verify=false localhost/layers:one docker://127.0.0.1:\(ports[0])"
            try await Shell.check("\(push)/team/app:1", within: .seconds(120))
            await registry.destroy()
            #expect(folder.text("heard").isEmpty)

            try folder.write("receiver.py", Self.receiver)
            let receiver = try Shell.start(
                "exec python3 \(folder.path)/receiver.py \(ports[1]) \(folder.path)/heard", within: .seconds(120),
                log: folder.path)
            let again = try start(folder, port: ports[0], nil)
            let isHeard = try await Shell.eventually { folder.text("heard").contains(#""tag":"1""#) }
            #expect(isHeard, "\(folder.text("registry"))")
            try await waitFor("http://127.0.0.1:\(ports[0])/v2/", folder)
            try await Shell.check("\(push)/team/app:2", within: .seconds(120))
            #expect(try await Shell.eventually { folder.text("heard").contains(#""tag":"2""#) })
            let first = try #require(folder.text("heard").split(separator: "\n").first)
            #expect(first.hasPrefix("application/vnd.docker.distribution.events.v1+json {\"events\":[{\"id\":"))
            await again.destroy()
            await receiver.destroy()
            folder.remove()
        }

        @Test("skopeo pulls Debian's docker-registry through it, and once more when that is gone")
        func pullThrough() async throws {
            try Shell.require("skopeo", "buildah", "docker-registry")
            let folder = try TestFolder(named: "mirror")
            let tools = ContainerTools(folder: folder)
            try await tools.buildImage("one", layers: 3)
            let ports = FreePort.some(2)
            try folder.write(
                "peer.yml",
                """
                version: 0.1
                storage: {filesystem: {rootdirectory: \(folder.path)/peer}}
                http: {addr: "127.0.0.1:\(ports[1])"}
                """)
            let peer = try Shell.start(
                "exec docker-registry serve \(folder.path)/peer.yml", within: .seconds(300), log: folder.path)
            try await waitFor("http://127.0.0.1:\(ports[1])/v2/", folder)
            try await Shell.check(
                "\(tools.buildah) push -q --tls-verify=false localhost/layers:one docker://127.0.0.1:\(ports[1])/team/app:1",
                within: .seconds(120))
            let registry = try start(
                folder, port: ports[0], "proxy: {remoteurl: \"http://127.0.0.1:\(ports[1])\"}")
            try await waitFor("http://127.0.0.1:\(ports[0])/v2/", folder)
            let pull = "skopeo copy -q --src-tls-verify=false docker://127.0.0.1:\(ports[0])/team/app:1"
            try await Shell.check("\(pull) dir:\(folder.path)/first", within: .seconds(120))
            await peer.destroy()
            try await Shell.check("\(pull) dir:\(folder.path)/second", within: .seconds(120))
            try await Shell.check("diff -r \(folder.path)/first \(folder.path)/second")
            await registry.destroy()
            folder.remove()
        }

        /// - Parameter more: nil starts on the configuration that is there.
        private func start(_ folder: TestFolder, port: Int, _ more: String?) throws -> TestProcess {
            if let more {
                try folder.write(
                    "registry.yml",
                    """
                    version: 0.1
                    storage: {filesystem: {rootdirectory: \(folder.path)/images}}
                    http: {addr: "127.0.0.1:\(port)"}
                    auth: {none: {}}
                    \(more)
                    """)
            }
            return try TestProcess(
                [TestFolder.release + "/dockmaster-registry", "--config", folder.path + "/registry.yml"],
                environment: Shell.environment, output: folder.path + "/registry", errors: folder.path + "/registry")
        }

        private func waitFor(_ url: String, _ folder: TestFolder) async throws {
            let isUp = try await Shell.eventually {
                try await Shell.run("curl -s -o /dev/null -w '%{http_code}' \(url)").output == "200"
            }
            try #require(isUp, "\(folder.text("registry"))\(folder.text("errors"))")
        }

        private static let receiver = """
            import http.server, sys
            class Hook(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                    with open(sys.argv[2], "a") as f: f.write(self.headers["Content-Type"] + " " + body + "\\n")
                    self.send_response(200); self.end_headers()
                def log_message(self, *arguments): pass
            http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hook).serve_forever()
            """
    }
}
