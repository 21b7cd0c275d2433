import HTTPService
import RegistryToken
import Testing

@testable import AuthWorker
@testable import BundleConfig

@Suite("The auth worker's settings")
struct AuthSettingsTests {
    private func file(
        server: String = "{addr: \"127.0.0.1:5001\"}", users: String = "{}", more: String = ""
    ) -> String {
        """
        server: \(server)
        token:
          issuer: Acme
          expiration: 900
          certificate: \(TestKeys.folder)/p256.crt
          key: \(TestKeys.folder)/p256.key
        users: \(users)
        acl: []
        \(more)
        """
    }

    private func load(_ text: String, isCompatible: Bool = false) throws -> AuthSettings {
        try AuthSettings(try .parse(text, file: "auth.yml"), isCompatible: isCompatible)
    }

    private func problems(_ text: String, isCompatible: Bool = false) -> [String] {
        do {
            _ = try load(text, isCompatible: isCompatible)
            return []
        } catch let error as ConfigurationErrors {
            return error.errors.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("know the same back-ends as the bundle's own reader, so that each may stand below auth:")
    func sameBackends() {
        #expect(Set(BackendSections.keys) == Set(BundleReader.otherBackends + BundleReader.otherAccess))
    }

    @Test("read addresses as Go does")
    func addresses() throws {
        #expect(try load(file()).server.address == .tcp(host: "127.0.0.1", port: 5001))
        #expect(try load(file(server: "{addr: \":5001\"}")).server.address == .tcp(host: "::", port: 5001))
        #expect(try load(file(server: "{addr: \"[::1]:5001\"}")).server.address == .tcp(host: "::1", port: 5001))
        #expect(try load(file(server: "{addr: /run/a.sock, net: unix}")).server.address == .unix(path: "/run/a.sock"))
        #expect(problems(file(server: "{addr: localhost}")).count == 1)
    }

    @Test("refuse unknown keys by line, and in compatibility mode only warn")
    func unknownKeys() throws {
        let text = file(more: "acls: []")
        #expect(problems(text) == ["auth.yml:9: acls: is not a known key. Did you mean acl?"])
        #expect(try load(text, isCompatible: true).warnings.count == 1)
        #expect(try load(text + "\ncompat: true").warnings.count == 1)
    }

    @Test("refuse an unknown match key even in compatibility mode")
    func matchKeys() {
        let text = file().replacing("acl: []", with: "acl: [{match: {team: infra}, actions: [pull]}]")
        #expect(problems(text, isCompatible: true).first?.hasPrefix("auth.yml:8: acl[0].match.team") == true)
    }

    @Test("refuse back-ends that are not served")
    func backends() {
        #expect(problems(file(more: "mongo_auth: {}")).first?.contains("no MongoDB client") == true)
        #expect(problems(file(more: "ldap_auth:")).isEmpty)
    }

    @Test("take a server certificate to sign tokens with, never to serve a network without TLS")
    func serverCertificate() throws {
        let pair = "certificate: \(TestKeys.folder)/p384.crt, key: \(TestKeys.folder)/p384.key"
        let own = try load(file(server: "{addr: \"127.0.0.1:1\", \(pair)}"))
        #expect(own.token.signer.algorithm == .es256)
        #expect(own.warnings.first?.contains("the proxy terminates TLS") == true)
        #expect(own.files.count == 4)
        let inherited = file(server: "{addr: \"127.0.0.1:1\", \(pair)}").split(separator: "\n")
            .filter { !$0.contains("p256") }.joined(separator: "\n")
        #expect(try load(inherited).token.signer.algorithm == .es384)
        for (server, words) in [
            ("{addr: \":1\", \(pair)}", "passwords would cross the network"),
            ("{addr: \"127.0.0.1:1\", certificate: \(TestKeys.folder)/p384.crt}", "has no key"),
            ("{addr: \"127.0.0.1:1\", letsencrypt: {email: a@b.c}}", "has no cache_dir"),
            ("{addr: \"127.0.0.1:1\", tls_min_version: SSL3}", "is no version of TLS"),
            ("{addr: \"127.0.0.1:1\", tls_curve_preferences: [P1]}", "names no curve"),
        ] {
            #expect(problems(file(server: server)).contains { $0.contains(words) }, "\(server)")
        }
    }

    @Test("refuse a cost that would hold a core, and never print a password")
    func passwords() throws {
        let costly = "$2y$20$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"
        let refused = problems(file(users: "{a: {password: \"\(costly)\"}}"))
        #expect(refused.first?.hasPrefix("auth.yml:7: users.a.password: has the bcrypt cost 20") == true)
        let warnings = try load(file(users: "{a: {password: hunter2}}")).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("hunter2") == false)
    }

    @Test("name every problem at once")
    func severalProblems() {
        let text = """
            server: {addr: "127.0.0.1:1", net: udp}
            token: {issuer: "", expiration: 0, certificate: /nope.crt, key: /nope.key}
            users: {a: 1}
            """
        #expect(problems(text).count == 7)
    }

    @Test("refuse a key that is not the certificate's")
    func mismatch() {
        let text = file().replacing("p256.key", with: "p256b.key")
        #expect(problems(text).first?.contains("does not belong to the certificate") == true)
    }
}
