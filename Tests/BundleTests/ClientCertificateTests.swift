import Foundation
import Testing

extension WholeBundle {
    @Suite("A client's certificate, in the whole bundle", .serialized, .dockerEngine)
    struct ClientCertificateTests {
        let engine: DockerEngine
        let home: TestFolder

        init() throws {
            engine = try #require(DockerEngine.current)
            home = try TestFolder(named: "clients")
        }

        /// `client.cert` and `client.key` for a person, as docker names them, of the authority `clients.pem`.
        private func makeCertificates(for names: String...) async throws {
            try await Shell.check(
                """
                set -e; cd \(home.path)
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=Clients \
                -keyout clients.key -out clients.pem
                for name in \(names.joined(separator: " ")); do
                  mkdir -p $name
                  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=Example/CN=$name \
                  -keyout $name/client.key -out $name/client.csr
                  openssl x509 -req -in $name/client.csr -CA clients.pem -CAkey clients.key -CAcreateserial -days 30 \
                  -out $name/client.cert
                done
                """)
        }

        private func configuration(domain: String = "localhost") throws -> String {
            try FileManager.default.createDirectory(
                atPath: home.path + "/www/private", withIntermediateDirectories: true)
            try home.write("www/private/a.txt", "hidden\n")
            return RunningBundle.twoUsers(
                domain: domain,
                more: """
                    tls: {client_certificates: {authority: \(home.path)/clients.pem}}
                    auth: {client_certificates: true}
                    proxy:
                      routes:
                      - {prefix: /authserver/, strip: true, upstream: auth}
                      - {prefix: /v2/, upstream: registry}
                      - {prefix: /private/, docroot: \(home.path)/www, auth: {users: [admin]}}
                    """)
        }

        @Test("lets docker push and pull without a login, as its owner and nobody else")
        func docker() async throws {
            try await makeCertificates(for: "admin", "stranger")
            // Not localhost, for which docker reads no certificates.
            let name = "registry.dockmaster.test"
            try await engine.resolveToIPv6Loopback(name)
            try await RunningBundle.with(domain: name, configuration: try configuration(domain: name)) { bundle in
                let trust = "/etc/docker/certs.d/\(bundle.host)"
                let image = "\(bundle.host)/team/app:1"
                try await bundle.trustByDocker()
                try await engine.build(image, home: home)
                let bare = try await engine.docker("docker push -q \(image)", home: home)
                #expect(!bare.succeeded, "\(bare)")
                try await Shell.check("cp \(home.path)/stranger/client.* '\(trust)/'")
                let stranger = try await engine.docker("docker push -q \(image)", home: home)
                #expect(!stranger.succeeded && stranger.text.contains("denied"), "\(stranger)")
                try await Shell.check("cp \(home.path)/admin/client.* '\(trust)/'")
                try await engine.check(
                    "docker push -q \(image) && docker rmi -f \(image) && docker pull -q \(image)", home: home)
                let audit = bundle.folder.text("log/auth/auth.log")
                #expect(
                    audit.contains(#""authenticator":"client_certificates""#) && audit.contains(#""client":"admin""#))
                let access = bundle.folder.text("log/proxy/proxy.log")
                #expect(access.contains(#""client":"admin""#) && access.contains(#""client":"stranger""#))
            }
            home.remove()
        }

        @Test("or a password opens the files of a route that asks for a sign-in")
        func files() async throws {
            try await makeCertificates(for: "admin", "stranger")
            try await RunningBundle.with(configuration: try configuration()) { bundle in
                func status(_ options: String) async throws -> String {
                    try await Shell.check(
                        "\(bundle.curl) -o /dev/null -w '%{http_code}' \(options) \(bundle.url)/private/a.txt"
                    ).output
                }
                func certificate(_ name: String) -> String {
                    "--cert \(home.path)/\(name)/client.cert --key \(home.path)/\(name)/client.key"
                }
                #expect(try await status("") == "401")
                #expect(try await status("-u admin:\(RunningBundle.adminPassword)") == "200")
                #expect(try await status("-u admin:wrong") == "401")
                #expect(try await status("-u readonly:\(RunningBundle.readonlyPassword)") == "403")
                #expect(try await status(certificate("admin")) == "200")
                #expect(try await status(certificate("stranger")) == "403")
                #expect(try await status("\(certificate("stranger")) -H 'X-Dockmaster-Client-Name: admin'") == "403")
                let text = "\(bundle.curl) -u admin:\(RunningBundle.adminPassword) \(bundle.url)/private/a.txt"
                #expect(try await Shell.check(text).output == "hidden\n")
                // After enough failures from one address the auth worker makes it wait, and the proxy says so.
                var last = ""
                for _ in 0..<80 where last != "429" { last = try await status("-u admin:guess-\(UUID().uuidString)") }
                #expect(last == "429")
                let logs = ["auth", "proxy"].map { bundle.folder.text("log/\($0)/\($0).log") }.joined()
                #expect(!logs.contains(RunningBundle.adminPassword) && !logs.contains("guess-"))
            }
            home.remove()
        }
    }
}
