import Foundation
import Testing

extension WholeBundle {
    @Suite("At its start", .serialized)
    struct StartTests {
        @Test("it says where it is, who may log in, where the password is, and how docker comes to trust it")
        func banner() async throws {
            try await RunningBundle.with { bundle in
                let banner = try await Shell.eventually(within: .seconds(5)) {
                    bundle.console.contains("docker login")
                }
                #expect(banner, "\(bundle.console)")
                for piece in [
                    bundle.url, "docker login", "admin", bundle.data + "/configuration/admin.password",
                    "/etc/docker/certs.d/\(bundle.host)/ca.crt",
                ] {
                    #expect(bundle.console.contains(piece), "the banner lacks \(piece): \(bundle.console)")
                }
            }
        }

        @Test("its secrets are its owner's alone: modes, argv, environment, console and logs")
        func secrets() async throws {
            try await RunningBundle.with { bundle in
                let password = try bundle.generatedPassword()
                for folder in ["", "/ca", "/configuration"] {
                    #expect(TestFolder.mode(bundle.data + folder) == 0o700, "\(folder)")
                }
                for file in ["ca/ca.key", "ca/server.key", "configuration/admin.password", "configuration/token.key"] {
                    #expect(TestFolder.mode("\(bundle.data)/\(file)") == 0o600, "\(file)")
                }
                #expect(TestFolder.mode(bundle.authority) == 0o644)
                for file in ["auth.yml", "registry.yml", "proxy/proxy.yml"] {
                    #expect(TestFolder.mode("\(bundle.run)/\(file)") == 0o600, "\(file)")
                }
                for name in ["control.sock", "auth.sock", "registry.sock"] {
                    let mode = try #require(TestFolder.mode("\(bundle.run)/\(name)"), "\(name)")
                    #expect(mode & 0o007 == 0, "\(name) is open to everyone: \(String(mode, radix: 8))")
                }
                let pids = ["proxy", "auth", "registry"].flatMap { bundle.workers($0) } + [bundle.process.pid]
                #expect(pids.count == 4)
                for pid in pids {
                    for file in ["cmdline", "environ"] {
                        let data = try #require(FileManager.default.contents(atPath: "/proc/\(pid)/\(file)"))
                        #expect(!String(decoding: data, as: UTF8.self).contains(password), "/proc/\(pid)/\(file)")
                    }
                }
                let leaks = try await Shell.run("grep -rlF '\(password)' \(bundle.logs) \(bundle.folder.path)/console")
                #expect(leaks.output.isEmpty, "the password stands in \(leaks.output)")
            }
        }

        @Test("a second start uses the same authority, keys, password and images, and ^C ends it in order")
        func secondStart() async throws {
            let folder = try TestFolder(named: "b")
            let configuration = RunningBundle.twoUsers(domain: "localhost")
            let made = "cd \(folder.path)/data && sha256sum ca/* configuration/*"
            let first = try RunningBundle(in: folder, configuration: configuration)
            try await first.ready()
            let client = CurlClient(first)
            let file = try await folder.randomFile("blob", mebibytes: 1)
            let digest = try await client.upload(file, to: "team/app", token: try await client.requireToken("team/app"))
            let sums = try await Shell.check(made).output
            try await first.stop(SIGINT)
            for worker in ["proxy", "auth", "registry"] { #expect(first.workers(worker).isEmpty, "\(worker)") }

            try await RunningBundle.with(in: folder, configuration: configuration) { second in
                #expect(try await Shell.check(made).output == sums)
                let client = CurlClient(second)
                let token = try await client.requireToken("team/app")
                #expect(try await client.status("/v2/team/app/blobs/\(digest)", token: token) == "200")
            }
            folder.remove()
        }

        @Test("a port that is taken is named, and who holds it")
        func portTaken() async throws {
            let ports = FreePort.some(2)
            let holder = try #require(FreePort.listen(on: ports[0]))
            defer { close(holder) }
            let bundle = try RunningBundle(ports: ports)
            let status = try await bundle.process.wait(within: .seconds(10))
            #expect(status != 0)
            #expect(bundle.console.contains("\(ports[0])"), "\(bundle.console)")
            #expect(bundle.console.contains("\(getpid())"), "names the holder's process: \(bundle.console)")
            bundle.folder.remove()
        }

        @Test("a second instance on the same folders is refused, and the first goes on")
        func secondInstance() async throws {
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost")) { bundle in
                let second = try RunningBundle(
                    in: bundle.folder, configuration: RunningBundle.twoUsers(domain: "localhost"))
                let status = try await second.process.wait(within: .seconds(10))
                #expect(status != 0)
                #expect(bundle.console.contains("\(bundle.process.pid)"), "names the first: \(bundle.console)")
                #expect(try await CurlClient(bundle).status("/healthz") == "200")
            }
        }

        @Test("options and environment name the folders, ports and domain; an option beats its variable")
        func environment() async throws {
            let folder = try TestFolder(named: "b")
            let ports = FreePort.some(3)
            let process = try TestProcess(
                [TestFolder.release + "/dockmaster", "run", "--https-port", "\(ports[0])"],
                environment: Shell.environment.merging([
                    "DOCKMASTER_DATA": folder.path + "/d", "DOCKMASTER_LOGS": folder.path + "/l",
                    "DOCKMASTER_RUN": folder.path + "/r", "DOCKMASTER_DOMAIN": "localhost",
                    "DOCKMASTER_HTTPS_PORT": "\(ports[2])", "DOCKMASTER_HTTP_PORT": "\(ports[1])",
                ]) { $1 }, output: folder.path + "/console", errors: folder.path + "/console")
            let ready = try await Shell.eventually(within: .seconds(20)) {
                try await Shell.run(
                    "curl -sf --cacert \(folder.path)/d/ca/ca.pem https://localhost:\(ports[0])/healthz"
                )
                .succeeded
            }
            #expect(ready, "\(folder.text("console"))")
            process.signal(SIGTERM)
            #expect(try await process.wait(within: .seconds(20)) == 0)
            folder.remove()
        }
    }
}
