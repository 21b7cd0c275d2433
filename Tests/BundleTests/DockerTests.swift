import Foundation
import Testing

extension WholeBundle {
    @Suite("With a real Docker engine", .serialized, .dockerEngine)
    struct DockerTests {
        let engine: DockerEngine
        let home: TestFolder

        init() throws {
            engine = try #require(DockerEngine.current)
            home = try TestFolder(named: "docker")
        }

        @Test("the embedded default starts, and its generated admin logs in, pushes and pulls over a trusted authority")
        func embeddedDefault() async throws {
            let name = "registry.dockmaster.test"
            try await engine.resolveToIPv6Loopback(name)
            try await RunningBundle.with(domain: name) { bundle in
                // Not 127.0.0.0/8: docker trusts whatever answers there, and this is about the authority.
                let password = try bundle.generatedPassword()
                let stranger = try await engine.login("admin", password, at: bundle.host, home: home)
                #expect(!stranger.succeeded, "docker must not trust an authority it was not told of")
                #expect(stranger.text.contains("x509"), "\(stranger)")

                let trust = try await Shell.run(
                    "grep -hoE '/etc/docker/certs.d/[^ ]+/ca.crt' \(bundle.folder.path)/console")
                #expect(
                    trust.line == "/etc/docker/certs.d/\(bundle.host)/ca.crt", "the banner names it: \(bundle.console)")
                try await bundle.trustByDocker()
                let login = try await engine.login("admin", password, at: bundle.host, home: home)
                #expect(login.text.contains("Login Succeeded"), "\(login)")

                let image = "\(bundle.host)/team/first:1"
                try await engine.build(image, home: home)
                try await engine.check(
                    "docker push -q \(image) && docker rmi -f \(image) && docker pull -q \(image)", home: home)
                let run = try await engine.check("docker run --rm --network host \(image)", home: home)
                #expect(run.output == "hello from \(image)\n")
                #expect(!bundle.console.contains(password), "the console never shows the password")
            }
            home.remove()
        }

        @Test("admin pushes; both users pull by tag and by digest and run what they pulled")
        func pushPullRun() async throws {
            try await withTwoUsers { bundle in
                try await login(bundle, "admin", RunningBundle.adminPassword)
                let image = "\(bundle.host)/team/app:1.4"
                try await engine.build(image, home: home)
                let push = try await engine.check("docker push \(image)", home: home)
                let digest = try #require(push.output.firstMatch(of: /digest: (sha256:[0-9a-f]{64})/)?.1)
                try await login(bundle, "readonly", RunningBundle.readonlyPassword)
                for reference in [image, "\(bundle.host)/team/app@\(digest)"] {
                    try await engine.check(
                        "docker rmi -f $(docker images -q \(bundle.host)/team/app) >/dev/null", home: home)
                    let pull = try await engine.check("docker pull \(reference)", home: home)
                    #expect(pull.output.contains("Digest: \(digest)"))
                    let run = try await engine.check("docker run --rm --network host \(reference)", home: home)
                    #expect(run.output == "hello from \(image)\n")
                    let made = try await engine.docker(
                        "docker run --rm --network host \(reference) /bin/busybox test -e /made-while-building",
                        home: home)
                    #expect(made.succeeded, "\(made)")
                }
                try await expectPushSentence(bundle, image: "team/app:1.4", digest: String(digest))
            }
        }

        @Test("readonly is told in words why it may not push, and nothing arrives")
        func readonlyPush() async throws {
            try await withTwoUsers { bundle in
                try await login(bundle, "readonly", RunningBundle.readonlyPassword)
                let image = "\(bundle.host)/team/forbidden:1"
                try await engine.build(image, home: home, mebibytes: 1)
                let push = try await engine.docker("docker push \(image)", home: home)
                #expect(!push.succeeded)
                #expect(push.text.contains("denied"), "\(push)")
                #expect(push.text.contains(/readonly.*push|push.*readonly/), "says who may not do what: \(push)")
                #expect(
                    !FileManager.default.fileExists(
                        atPath: bundle.images + "/docker/registry/v2/repositories/team/forbidden/_manifests"))
            }
        }

        @Test("a wrong password and an unknown repository fail as docker's users expect")
        func refusals() async throws {
            try await withTwoUsers { bundle in
                let wrong = try await engine.login("admin", "not-the-password", at: bundle.host, home: home)
                #expect(!wrong.succeeded)
                #expect(wrong.text.contains("unauthorized"), "\(wrong)")
                try await login(bundle, "admin", RunningBundle.adminPassword)
                let unknown = try await engine.docker("docker pull \(bundle.host)/team/nothing:1", home: home)
                #expect(!unknown.succeeded)
                #expect(unknown.text.contains(/manifest unknown|not found|does not exist/), "\(unknown)")
                try await engine.check("docker logout \(bundle.host)", home: home)
                let nobody = try await engine.docker("docker pull \(bundle.host)/team/nothing:1", home: home)
                #expect(!nobody.succeeded)
                #expect(nobody.text.contains(/no basic auth credentials|unauthorized|denied/), "\(nobody)")
            }
        }

        // MARK: Parts

        private func withTwoUsers(_ body: (RunningBundle) async throws -> Void) async throws {
            let configuration = RunningBundle.twoUsers(domain: "localhost")
            try await RunningBundle.with(configuration: configuration) { bundle in
                try await bundle.trustByDocker()
                try await body(bundle)
            }
            home.remove()
        }

        private func login(_ bundle: RunningBundle, _ user: String, _ password: String) async throws {
            let login = try await engine.login(user, password, at: bundle.host, home: home)
            try #require(login.succeeded, "\(login)")
            #expect(login.text.contains("Login Succeeded"))
        }

        /// A push leaves one readable sentence in the registry's log, and the same request id in the proxy's.
        private func expectPushSentence(_ bundle: RunningBundle, image: String, digest: String) async throws {
            let pattern = "pushed \(image) \(digest.prefix(11))"
            let found = try await Shell.eventually(within: .seconds(5)) {
                bundle.folder.text("log/registry/registry.log").contains(pattern)
            }
            let log = bundle.folder.text("log/registry/registry.log")
            #expect(found, "no line has \"\(pattern)\": \(log.suffix(3000))")
            let line = try #require(log.split(separator: "\n").last { $0.contains(pattern) })
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let sentence = try #require(fields["msg"] as? String)
            #expect(
                sentence.contains(/\([0-9]+ layers?, [0-9.]+ [KMG]?i?B\) by admin from [0-9a-f.:]+ in [0-9.]+ m?s/),
                "\(sentence)")
            let request = try #require(fields["request_id"] as? String)
            #expect(bundle.folder.text("log/proxy/proxy.log").contains(request), "one request id through every process")
        }
    }
}
