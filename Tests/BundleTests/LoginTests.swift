import Foundation
import Testing

extension WholeBundle {
    /// Every back-end of the auth worker in one bundle, and docker's own client at its door.
    @Suite("docker login", .serialized, .dockerEngine)
    struct LoginTests {
        let engine: DockerEngine

        init() throws { engine = try #require(DockerEngine.current) }

        @Test(
            "signs in whom any back-end knows and pulls with what it was given; refusals, waits and outages come in the server's words"
        )
        func everyBackend() async throws {
            try await SignInServers.with { servers in
                let ports = FreePort.some(2)
                let sections = try LoginSections(servers, httpsPort: ports[0])
                try await RunningBundle.with(configuration: sections.text(database: .sqlite), ports: ports) { bundle in
                    try await bundle.trustByDocker()
                    try await pushImage(bundle)
                    for person in try await people(bundle, servers) { try await expectLogin(person, bundle) }

                    try bundle.folder.write("dockmaster.yaml", sections.text(database: .postgres))
                    bundle.process.signal(SIGHUP)
                    let postgres = LoginPerson("xorm_auth", "postgres", "123")
                    let isKnown = try await Shell.eventually(within: .seconds(20)) {
                        try await answer(bundle, postgres.name, postgres.password).status == 200
                    }
                    try #require(isKnown, "\(bundle.console.suffix(3000))")
                    try await expectLogin(postgres, bundle)

                    try await expectWait(bundle)
                    try await servers.stopDirectory()
                    try await expectOutage(bundle)
                }
                sections.folder.remove()
            }
        }

        // MARK: Who signs in

        /// Somebody of each back-end, PostgreSQL excepted, which has the place of SQLite.
        private func people(_ bundle: RunningBundle, _ servers: SignInServers) async throws -> [LoginPerson] {
            let command = "\(TestFolder.release)/dockmaster"
            try await Shell.check("echo stored-Pa55 | \(command) user add stored --run \(bundle.run)")
            let made = try await Shell.check(
                "\(command) key add admin ci --repository 'team/*' --actions pull --json --run \(bundle.run)")
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
            let key = try #require(fields["key"] as? String, "\(made)")
            let job = try await servers.issuer.token(project: "team-app")
            let password = try await servers.issuer.signIn(bundle, in: servers.folder)
            return [
                LoginPerson("users", "admin", RunningBundle.adminPassword),
                LoginPerson("users", "stored", "stored-Pa55"),
                LoginPerson("key", "admin", key, wrong: Self.spoiled(key)),
                LoginPerson("ci_auth", "ci-team-app", job, wrong: Self.spoiled(job), isLasting: false),
                LoginPerson("htpasswd_auth", "filed", "123"),
                LoginPerson("ext_auth", "commanded", "by command"),
                LoginPerson("oidc_auth", "browser@example.test", password, isLasting: false),
                LoginPerson("ldap_auth", "alice", "alicepw"),
                LoginPerson("xorm_auth", "sqlite", "123"),
                LoginPerson("plugin_authn", "plugged", "by \"plugin\""),
            ]
        }

        /// The same but for one character, in the middle: the last one of a signature may hold bits that count for nothing.
        private static func spoiled(_ secret: String) -> String {
            let place = secret.index(secret.endIndex, offsetBy: -20)
            return secret.replacingCharacters(in: place...place, with: secret[place] == "A" ? "B" : "A")
        }

        private func pushImage(_ bundle: RunningBundle) async throws {
            let home = try TestFolder(named: "pusher")
            try #require(
                try await engine.login("admin", RunningBundle.adminPassword, at: bundle.host, home: home).succeeded)
            let image = "\(bundle.host)/team/app:1"
            try await engine.importBase(as: image, home: home)
            try await engine.check("docker push -q \(image)", home: home)
            home.remove()
        }

        private func expectLogin(_ person: LoginPerson, _ bundle: RunningBundle) async throws {
            let home = try TestFolder(named: "home")
            defer { home.remove() }
            let log = { bundle.folder.text("log/auth/auth.log") }
            let before = log().utf8.count

            // docker_auth's answer is plain text, and docker puts its own words where it finds no JSON: ours are in the body.
            let wrong = try await engine.login(person.name, person.wrongPassword, at: bundle.host, home: home)
            #expect(wrong.status == 1 && wrong.output.isEmpty, "\(person): \(wrong)")
            #expect(
                wrong.errors.hasPrefix(
                    "Error response from daemon: Get \"\(bundle.url)/v2/\": unauthorized: authentication required"),
                "\(person): \(wrong)")
            #expect(!home.text("docker-config/config.json").contains("\"auth\""), "docker keeps nothing")
            let answer = try await answer(bundle, person.name, person.wrongPassword)
            #expect(answer == (401, "Auth failed.\n"), "\(person): \(answer)")

            let right = try await engine.login(person.name, person.password, at: bundle.host, home: home)
            #expect(right.succeeded && right.output.contains("Login Succeeded"), "\(person): \(right)")
            let kept = home.text("docker-config/config.json")
            #expect(kept.contains("\"identitytoken\": \"dmr_") == person.isLasting, "\(person)")
            let pair = Data("\(person.name):\(person.password)".utf8).base64EncodedString()
            #expect(kept.contains(pair) != person.isLasting, "\(person)")
            // The image is here already, but its manifest is asked for, with a token of what docker keeps.
            let pull = try await engine.docker("docker pull \(bundle.host)/team/app:1", home: home)
            #expect(pull.succeeded && pull.output.contains("Digest: sha256:"), "\(person): \(pull)")

            let isTold = try await Shell.eventually {
                let lines = log().utf8.dropFirst(before).split(separator: UInt8(ascii: "\n"))
                let records = lines.compactMap { try? JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
                    .filter { $0["event"] as? String == "token" && $0["user"] as? String == person.name }
                let isRefused = records.contains { $0["status"] as? Int == 401 }
                let isKnown = records.contains {
                    $0["status"] as? Int == 200 && $0["authenticator"] as? String == person.authenticator
                }
                let hasPulled = records.contains { $0["granted"] as? String == "repository:team/app:pull" }
                return isRefused && isKnown && hasPulled
            }
            #expect(isTold, "\(person): \(log().suffix(3000))")
            for secret in [person.password, person.wrongPassword] where secret.utf8.count > 3 {
                #expect(!log().contains(secret), "\(person): a password in the log")
            }
        }

        /// After twenty wrong passwords the account has to wait, and docker says how long.
        private func expectWait(_ bundle: RunningBundle) async throws {
            let home = try TestFolder(named: "home")
            defer { home.remove() }
            let answer = try await answer(bundle, "commanded", "guess", times: 24)
            #expect(answer.status == 429 && answer.body.contains("TOOMANYREQUESTS"), "\(answer)")
            // On a busy machine the first second may be over: each guess makes the next wait longer.
            let isShown = try await Shell.eventually(within: .seconds(30)) {
                let login = try await engine.login("commanded", "guess", at: bundle.host, home: home)
                #expect(!login.succeeded)
                return login.errors.contains(/toomanyrequests: too many failed sign-ins, try again in \d+ s/)
            }
            #expect(isShown)
        }

        /// Of a server's fault docker shows the status alone, never the body.
        private func expectOutage(_ bundle: RunningBundle) async throws {
            let home = try TestFolder(named: "home")
            defer { home.remove() }
            let answer = try await answer(bundle, "bob", "any")
            #expect(answer == (503, "the sign-in cannot be asked now, try again soon.\n"))
            let login = try await engine.login("bob", "any", at: bundle.host, home: home)
            #expect(!login.succeeded && login.errors.contains("503 Service Unavailable"), "\(login)")
            let local = try await engine.login("admin", RunningBundle.adminPassword, at: bundle.host, home: home)
            #expect(local.output.contains("Login Succeeded"), "\(local)")
        }

        /// What the token end-point says, in the status and the words of its last answer.
        private func answer(
            _ bundle: RunningBundle, _ name: String, _ password: String, times: Int = 1
        ) async throws -> (status: Int, body: String) {
            let account = try bundle.folder.write("curl-account", #"user = "\#(name):\#(escaped(password))""#)
            let result = try await Shell.check(
                """
                for n in $(seq \(times)); do last=$(\(bundle.curl) -K \(account) -w '%{http_code}' \
                '\(bundle.url)/authserver/auth?service=localhost&account=\(name)'); done; printf %s "$last"
                """)
            let status = try #require(Int(result.output.suffix(3)), "\(result)")
            return (status, String(result.output.dropLast(3)))
        }

        private func escaped(_ text: String) -> String {
            text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        }
    }
}
