import BundleConfig
import HTTPService
import Logging
import Testing

@testable import RegistryWorker

@Suite("The registry's configuration")
struct RegistryConfigurationTests {
    private func read(_ text: String) throws -> RegistryConfiguration {
        try RegistryConfiguration(ConfigurationNode.parse(text, file: "config.yml"))
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let errors as ConfigurationErrors {
            return errors.errors.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("is distribution's, key by key")
    func whole() throws {
        let configuration = try read(
            """
            version: 0.1
            log: {level: debug, fields: {service: registry}}
            storage:
              filesystem: {rootdirectory: /srv/images}
              delete: {enabled: true}
              maintenance:
                uploadpurging: {enabled: true, age: 48h, interval: 1h30m, dryrun: true}
                readonly: {enabled: true}
            http:
              addr: /run/registry.sock
              net: unix
              relativeurls: true
              headers: {X-Content-Type-Options: [nosniff]}
            auth: {none: {}}
            health: {storagedriver: {enabled: true}}
            """)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.root == "/srv/images")
        #expect(configuration.isDeleteEnabled && configuration.isReadOnly)
        #expect(configuration.purge == .init(age: .seconds(172_800), interval: .seconds(5_400), isDryRun: true))
        #expect(configuration.address == .unix(path: "/run/registry.sock"))
        #expect(configuration.headers == [.init(name: "X-Content-Type-Options", value: "nosniff")])
        #expect(configuration.access == .none)
        #expect(configuration.health.checks.map(\.subject) == [.storage])
        #expect(configuration.warnings.count == 1)
        #expect(configuration.warnings.first?.hasPrefix("config.yml:2: log.fields is ignored") == true)
    }

    @Test("warns when retention has no schedule")
    func retention() throws {
        let configuration = try read(
            """
            storage: {filesystem: {rootdirectory: /srv/images}}
            http: {addr: /run/registry.sock, net: unix}
            auth: {none: {}}
            policy: {retention: [{repositories: "ci/**", keep_last: 10}]}
            """)
        #expect(configuration.policy.retention.first?.place == "config.yml:4")
        #expect(
            configuration.warnings.contains { $0.contains("policy.retention is carried out by dockmaster gc alone") })
    }

    @Test(
        "reads addresses and hosts",
        arguments: [
            (":5000", ListenAddress.tcp(host: "0.0.0.0", port: 5_000)),
            ("localhost:80", .tcp(host: "localhost", port: 80)),
            ("[::1]:80", .tcp(host: "::1", port: 80)),
        ])
    func addresses(text: String, address: ListenAddress) throws {
        let configuration = try read("{auth: {none: {}}, http: {addr: '\(text)', host: 'https://r.test/'}}")
        #expect(configuration.address == address)
        #expect(configuration.locationPrefix == "https://r.test")
    }

    @Test("says everything that is wrong at once, with place and remedy")
    func refused() {
        let found = problems(
            """
            version: 0.2
            storage:
              s3: {bucket: x}
              filesystem: {rootdirectory: images, rootdir: x}
              delete: {enabled: perhaps}
            http: {addr: nowhere, tls: {certificate: x}}
            proxy: {remoteurl: "https://example.test/x"}
            """)
        for expected in [
            "config.yml:1: version:", "config.yml:3: storage.s3:",
            "storage.filesystem.rootdirectory: is not an absolute path",
            "rootdir", "storage.delete.enabled", "nowhere is no address", "http.tls: is not supported",
            "proxy.remoteurl: is no address of a registry", "auth: is missing",
        ] {
            #expect(found.contains { $0.contains(expected) }, "\(expected) in \(found)")
        }
    }

    @Test("needs all of auth.token, and a bundle that can be read")
    func token() {
        let missing = problems("{auth: {token: {realm: r, service: s}}}")
        #expect(missing.count == 2 && missing.allSatisfy { $0.contains("auth.token") })
        let unreadable = problems("{auth: {token: {realm: r, service: s, issuer: i, rootcertbundle: /nonexistent}}}")
        #expect(unreadable.first?.contains("/nonexistent cannot be read") == true)
        let set = problems("{auth: {token: {realm: r, service: s, issuer: i, jwks: /nonexistent}}}")
        #expect(set.count == 1 && set[0].contains("jwks: /nonexistent cannot be read"))
        let keyless = problems("{auth: {token: {realm: r, service: s, issuer: i}}}")
        #expect(keyless.count == 1 && keyless[0].contains("auth.token.jwks"))
        #expect(problems("{auth: {silly: {realm: r, service: s}}}").first?.contains("is not supported") == true)
        #expect(problems("{auth: {htpasswd: {realm: r}}}").first?.contains("auth.htpasswd.path") == true)
        #expect(problems("{auth: {none: {}, token: {}}}").first?.contains("has token and none") == true)
        #expect(problems("{auth: {}}").first?.contains("auth") == true)
    }

    @Test("can switch purging off")
    func purge() throws {
        #expect(try read("{auth: {none: {}}}").purge == .init())
        #expect(try read("{auth: {none: {}}, storage: {maintenance: {uploadpurging: {enabled: false}}}}").purge == nil)
    }
}
