import Testing

@testable import BundleConfig

@Suite("Loading")
struct LoadingTests {
    private let bundle: TestBundle
    private let rest = "users: {a: {password: x}}\nacl: [{match: {}, actions: [pull]}]\n"

    init() throws {
        bundle = try TestBundle()
    }

    @Test("without a file gives the embedded default, and makes nothing on disk")
    func embedded() throws {
        let configuration = try BundleConfiguration.load(bundle.options, bundle.environment)
        #expect(configuration.domain == "localhost")
        #expect(configuration.file == nil)
        #expect(configuration.listeners.map(\.port) == [443, 80])
        #expect(configuration.authority == "localhost")
        #expect(bundle.folder.mode("data") == "absent")
        #expect(bundle.folder.mode("run") == "absent")
    }

    @Test("puts the command line before the file, and the file before the defaults")
    func precedence() throws {
        let text = "domain: a.example.test\ndata: var\nlogs: /srv/logs\n" + rest
        let file = try bundle.load(text) {
            $0.data = nil
            $0.logs = nil
            $0.run = nil
        }
        #expect(file.data == bundle.folder.path + "/var")
        #expect(file.logs == "/srv/logs")
        #expect(file.run == "/run/dockmaster")
        let options = try bundle.load(text) {
            $0.domain = "B.example.test"
            $0.httpsPort = 8443
            $0.httpPort = 0
        }
        #expect(options.data == bundle.folder.path + "/data")
        #expect(options.domain == "b.example.test")
        #expect(options.authority == "b.example.test:8443")
        #expect(options.listeners == [.init(name: "https", address: "::", port: 8443, tls: true)])
    }

    @Test("reads the default place, and says that a pillar beside it is not read")
    func defaultPlace() throws {
        var environment = bundle.environment
        environment.defaultFile = try bundle.folder.write("default.yaml", "domain: x.example.test\n" + rest)
        #expect(try BundleConfiguration.load(bundle.options, environment).domain == "x.example.test")
        try bundle.folder.write("data/configuration/pillar.sls", PillarTests.sample)
        let both = try BundleConfiguration.load(bundle.options, environment)
        #expect(both.domain == "x.example.test")
        #expect(both.warnings.map(\.file) == [bundle.folder.path + "/data/configuration/pillar.sls"])
    }

    @Test("gives the same value for the same file")
    func equality() throws {
        let first = try bundle.load(rest)
        #expect(try bundle.load(rest) == first)
        #expect(try bundle.load(rest.replacing("x}", with: "y}")) != first)
    }

    @Test("takes the example that is shipped, without a warning")
    func example() throws {
        let sources = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = try PrivateFile.read("/\(sources)/etc/dockmaster.yaml")
        let configuration = try bundle.load(text, mode: 0o644).prepare(now: TestCertificates.now)
        #expect(configuration.warnings == [])
        #expect(configuration.domain == "registry.example.test")
        #expect(try configuration.rendered().count == 3)
        #expect(bundle.folder.mode("data/configuration/readonly.password") == "600")
        // What the example shows as defaults are the defaults.
        let bare = try bundle.load("domain: registry.example.test\n" + EmbeddedDefault.text)
        #expect(configuration.listeners == bare.listeners)
        #expect(configuration.proxy == bare.proxy)
    }

    @Test("refuses ports and paths of the command line that cannot be")
    func options() throws {
        #expect {
            try bundle.load(rest) {
                $0.httpsPort = 0
                $0.run = "/" + String(repeating: "r", count: 100)
                $0.domain = "a b"
            }
        } throws: { error in
            (error as? ConfigurationErrors)?.errors.map(\.key) == ["--domain", "--run", "--https-port"]
        }
    }
}
