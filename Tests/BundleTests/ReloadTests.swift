import Foundation
import Testing

extension WholeBundle {
    @Suite("On SIGHUP", .serialized)
    struct ReloadTests {
        @Test("a push that is under way completes, no other request fails, and the new user is known")
        func duringPush() async throws {
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost")) { bundle in
                let client = CurlClient(bundle)
                let late = CurlClient(bundle, user: "late", password: "late-Pa55-word")
                #expect(try await late.token(scope: nil) == nil)
                let token = try await client.requireToken("team/app")
                let file = try await bundle.folder.randomFile("blob", mebibytes: 24)
                let log = try TestFolder(named: "upload")
                let upload = try Shell.start(
                    client.uploadScript(file, to: "team/app", token: token, rate: "8M"), within: .seconds(60),
                    log: log.path)
                try await Task.sleep(for: .milliseconds(700))  // into the three seconds that the upload takes
                try #require(upload.status() == nil, "\(log.text("errors"))")

                let text = RunningBundle.twoUsers(domain: "localhost")
                    .replacingOccurrences(of: "users:\n", with: "users:\n  late: {password: \"late-Pa55-word\"}\n")
                try bundle.folder.write("dockmaster.yaml", text)
                bundle.process.signal(SIGHUP)
                var statuses: [String: Int] = [:]
                let known = try await Shell.eventually {
                    statuses[try await client.status("/v2/", token: token), default: 0] += 1
                    statuses[try await client.status("/healthz"), default: 0] += 1
                    return try await late.token(scope: nil) != nil
                }
                #expect(known, "\(bundle.console.suffix(3000))")
                for _ in 1...20 { statuses[try await client.status("/v2/", token: token), default: 0] += 1 }
                #expect(statuses.keys.sorted() == ["200"], "no request may fail: \(statuses)")
                #expect(try await upload.wait(within: .seconds(30)) == 0)
                #expect(log.text("output") == "201", "\(log.text("errors"))")
                log.remove()
            }
        }

        @Test("a new certificate is served, no process is restarted, and every worker ends by itself at the stop")
        func newCertificate() async throws {
            let folder = try TestFolder(named: "tls")
            let authority = try await TestAuthority.make(in: folder)
            let first = try await authority.issue("first", names: ["localhost"])
            let second = try await authority.issue("second", names: ["localhost"])
            let bundle = try TestFolder(named: "b")
            try FileManager.default.createDirectory(atPath: bundle.path + "/data/ca", withIntermediateDirectories: true)
            try await Shell.check("cp \(authority.root) \(bundle.path)/data/ca/ca.pem")
            let text = RunningBundle.twoUsers(domain: "localhost", more: first.yaml())
            try await RunningBundle.with(in: bundle, configuration: text) { bundle in
                #expect(try await serial(bundle) == first.serial)
                let workers = ["proxy", "auth", "registry"].flatMap { bundle.workers($0) }
                try bundle.folder.write(
                    "dockmaster.yaml", RunningBundle.twoUsers(domain: "localhost", more: second.yaml()))
                bundle.process.signal(SIGHUP)
                let swapped = try await Shell.eventually { try await serial(bundle) == second.serial }
                #expect(swapped, "\(bundle.console.suffix(3000))")
                #expect(bundle.process.status() == nil)
                #expect(["proxy", "auth", "registry"].flatMap { bundle.workers($0) } == workers)
                bundle.process.signal(SIGTERM)
                let ended = try await Shell.eventually { bundle.console.contains("stopped after") }
                #expect(ended && !bundle.console.contains("has stopped: SIG"), "\(bundle.console.suffix(3000))")
            }
            bundle.remove()
            folder.remove()
        }

        private func serial(_ bundle: RunningBundle) async throws -> String {
            try await Shell.check(
                """
                openssl s_client -connect 127.0.0.1:\(bundle.httpsPort) -servername localhost </dev/null 2>/dev/null |
                openssl x509 -noout -serial
                """
            ).line
        }
    }
}
