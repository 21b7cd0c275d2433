import BundleConfig
import Foundation
import HTTPService
import Logging
import Testing

@testable import RegistryWorker

@Suite("Every key of distribution's configuration")
struct ConfigurationKeysTests {
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

    @Test("of Debian's file is read, with a htpasswd file in the place of a folder")
    func debian() throws {
        let path = "/tmp/dockmaster-debian-\(getpid()).htpasswd"
        try HtpasswdTests.entry.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o640)
        defer { unlink(path) }
        let text = """
            version: 0.1
            log:
              fields:
                service: registry
            storage:
              cache:
                blobdescriptor: inmemory
              filesystem:
                rootdirectory: /var/lib/docker-registry
              delete:
                enabled: true
            http:
              addr: :5000
              headers:
                X-Content-Type-Options: [nosniff]
            auth:
              htpasswd:
                realm: basic-realm
                path: \(path)
            health:
              storagedriver:
                enabled: true
                interval: 10s
                threshold: 3
            """
        let configuration = try read(text)
        #expect(configuration.root == "/var/lib/docker-registry" && configuration.isDeleteEnabled)
        #expect(configuration.access == .htpasswd(.init(realm: "basic-realm", path: path)))
        #expect(configuration.health.checks == [.init(subject: .storage, interval: .seconds(10), threshold: 3)])
        #expect(configuration.warnings.count == 1 && configuration.warnings[0].contains("log.fields is ignored"))
        #expect(problems(text.replacing(path, with: "/etc")).contains { $0.contains("/etc is a folder") })
    }

    @Test("has an effect, or a warning that says why it has none")
    func whole() throws {
        let configuration = try read(
            """
            version: 0.1
            loglevel: warn
            log:
              accesslog: {disabled: true}
              formatter: json
              reportcaller: true
            storage:
              filesystem: {rootdirectory: /srv, maxthreads: 100}
              cache: {blobdescriptor: redis, blobdescriptorsize: 10000}
              redirect: {disable: false}
              tag: {concurrencylimit: 8}
            auth: none
            http:
              addr: localhost:5000
              prefix: /registry/
              host: https://hub.example.test
              secret: asecretforlocaldevelopment
              draintimeout: 60s
              debug: {addr: "localhost:5001", prometheus: {enabled: true, path: /m}}
              http2: {disabled: false}
              h2c: {enabled: false}
            redis: {addr: localhost:6379}
            middleware: {storage: [{name: cloudfront}]}
            reporting: {bugsnag: {apikey: x}}
            compatibility: {schema1: {enabled: true}}
            health:
              file: [{file: /path/to/checked/file, interval: 10s}]
              http: [{uri: "http://server.to.check/must/return/200", headers: {Authorization: [Basic x]}, statuscode: 200, timeout: 3s, interval: 10s, threshold: 3}]
              tcp: [{addr: "redis-server.domain.com:6379", timeout: 3s, interval: 10s, threshold: 3}]
            catalog: {maxentries: 500}
            validation:
              manifests:
                urls: {allow: ["^https?://([^/]+\\\\.)*example\\\\.com/"], deny: ["^https?://www\\\\.example\\\\.com/"]}
                indexes: {platforms: List, platformlist: [{architecture: amd64, os: linux}]}
            policy: {repository: {classes: [image]}}
            """)
        #expect(configuration.logLevel == .warning && configuration.access == .none)
        #expect(configuration.pathPrefix == "/registry" && configuration.locationPrefix == "https://hub.example.test")
        #expect(configuration.drainTime == .seconds(60) && configuration.catalogLimit == 500)
        #expect(
            configuration.debug
                == DebugSettings(address: .tcp(host: "localhost", port: 5_001), metricsPath: "/m"))
        #expect(configuration.health.checks.count == 3)
        #expect(configuration.health.checks.last?.subject == .tcp(host: "redis-server.domain.com", port: 6_379))
        #expect(configuration.content.platforms == .list(["linux/amd64"]))
        #expect(configuration.content.urls?.allow.count == 1 && configuration.content.classes == ["image"])
        for key in [
            "log.accesslog", "log.formatter", "log.reportcaller", "storage.filesystem.maxthreads",
            "storage.cache.blobdescriptor", "storage.cache.blobdescriptorsize", "storage.redirect", "storage.tag",
            "http.secret", "http.http2", "http.h2c", "redis", "middleware", "reporting", "compatibility",
        ] {
            #expect(configuration.warnings.contains { $0.contains(" \(key) is ignored: ") }, "\(key)")
        }
        #expect(configuration.warnings.count == 15)
    }

    @Test(
        "that cannot be obeyed safely is refused, with what to do",
        arguments: [
            ("storage: {s3: {bucket: x}}", "storage.s3: is not supported"),
            ("storage: inmemory", "storage.inmemory: is not supported"),
            ("storage: {swift: {}}", "storage.swift: is not supported"),
            ("http: {tls: {certificate: x, key: y}}", "dockmaster-proxy"),
            ("http: {debug: {addr: ':5001'}}", "is open to others"),
            ("http: {prefix: registry}", "Begin it with /"),
            ("http: {host: example.test}", "with its scheme"),
            ("http: {net: udp}", "Use tcp or unix"),
            ("validation: {manifests: {urls: {allow: ['(']}}}", "is no regular expression"),
            ("validation: {manifests: {indexes: {platforms: some}}}", "Use all, none, or list"),
            ("policy: {repository: {classes: [chart]}}", "Use image and plugin"),
            ("catalog: {maxentries: 0}", "is not positive"),
            ("health: {tcp: [{addr: nowhere}]}", "Write it as HOST:PORT"),
            ("health: {http: [{uri: 'ftp://x'}]}", "is no http URL"),
            ("health: {file: [{interval: 1s}]}", "needs file"),
            ("storage: {filesystem: {maxthreads: -1}}", "is not positive"),
            ("http: {adr: ':5000'}", "Did you mean addr?"),
        ])
    func refused(text: String, expected: String) {
        let found = problems("auth: {none: {}}\n\(text)")
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test("that opens the registry to a network without TLS is refused when it would be bound")
    func exposed() throws {
        for address in [":5000", "0.0.0.0:5000", "[::]:5000", "192.0.2.1:80", "registry.example.test:80"] {
            let configuration = try read("{auth: {none: {}}, http: {addr: '\(address)'}}")
            #expect(throws: ConfigurationError.self) { try RegistryWorker.requirePrivate(configuration.address) }
        }
        for address in ["127.0.0.1:5000", "localhost:5000", "[::1]:5000"] {
            let configuration = try read("{auth: {none: {}}, http: {addr: '\(address)'}}")
            try RegistryWorker.requirePrivate(configuration.address)
        }
    }
}
