import BundleConfig
import HTTPService
import Logging
import Testing

@testable import RegistryWorker

@Suite("REGISTRY_ variables")
struct EnvironmentTests {
    private func read(_ text: String, _ variables: [String: String]) throws -> RegistryConfiguration {
        try RegistryConfiguration(ConfigurationNode.parse(text, file: "config.yml"), environment: variables)
    }

    @Test("lie over the file, typed by YAML")
    func overlay() throws {
        let configuration = try read(
            "{auth: {none: {}}, storage: {filesystem: {rootdirectory: /a}}, http: {addr: 'localhost:1'}}",
            [
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": "/b", "REGISTRY_STORAGE_DELETE_ENABLED": "true",
                "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_AGE": "24h",
                "REGISTRY_STORAGE_MAINTENANCE_READONLY": "{enabled: true}", "REGISTRY_HTTP_ADDR": "localhost:2",
                "REGISTRY_HTTP_HEADERS_X-FRAME-OPTIONS": "[DENY]", "REGISTRY_LOG_LEVEL": "debug",
                "REGISTRY_CATALOG_MAXENTRIES": "7",
                "REGISTRY_VALIDATION_MANIFESTS_URLS_DENY": "['^http:']",
                "REGISTRY_VALIDATION_MANIFESTS_URLS_ALLOW_0": "example",
                "REGISTRY_VALIDATION_MANIFESTS_URLS_ALLOW_1": "example.test",
                "REGISTRY_HEALTH_FILECHECKERS_0_FILE": "/x", "REGISTRY_HEALTH_FILECHECKERS_0_INTERVAL": "3s",
                "REGISTRY_CONFIGURATION_PATH": "/etc/x", "PATH": "/bin",
            ])
        #expect(configuration.root == "/b" && configuration.isDeleteEnabled && configuration.isReadOnly)
        #expect(configuration.purge?.age == .seconds(86_400) && configuration.logLevel == .debug)
        #expect(configuration.address == .tcp(host: "localhost", port: 2) && configuration.catalogLimit == 7)
        #expect(configuration.headers == [.init(name: "x-frame-options", value: "DENY")])
        #expect(configuration.content.urls == .init(allow: ["example", "example.test"], deny: ["^http:"]))
        #expect(configuration.health.checks == [.init(subject: .file("/x"), interval: .seconds(3))])
        #expect(configuration.warnings.isEmpty)
    }

    @Test("choose a way of access by its name, the less specific first")
    func choice() throws {
        let found = #expect(throws: ConfigurationErrors.self) {
            try read("version: 0.1", ["REGISTRY_AUTH": "htpasswd", "REGISTRY_AUTH_HTPASSWD_REALM": "Registry Realm"])
        }
        #expect(found?.description.contains("auth.htpasswd.path") == true)
        #expect(try read("version: 0.1", ["REGISTRY_AUTH": "none"]).access == .none)
        #expect(try read("auth: {none: {}}", ["REGISTRY_STORAGE": "filesystem"]).root == "/var/lib/registry")
    }

    @Test("that name nothing are told of, and those that are no YAML refused without their value")
    func wrong() throws {
        let names = ["REGISTRY_PORT", "REGISTRY_HTTP_ADRR", "REGISTRY_LOG_LEVEL_X", "REGISTRY_SERVICE_HOST"]
        let configuration = try read(
            "auth: {none: {}}", Dictionary(uniqueKeysWithValues: names.map { ($0, "tcp://10.0.0.1:5000") }))
        #expect(configuration.warnings.count == names.count)
        for name in names { #expect(configuration.warnings.contains { $0.contains("variable \(name) ") }) }
        let found = #expect(throws: ConfigurationErrors.self) {
            try read(
                "auth: {none: {}}",
                [
                    "REGISTRY_HTTP_SECRET": "{hidden", "REGISTRY_HTTP_ADDR": "nowhere",
                    "REGISTRY_HEALTH_TCPCHECKERS_3_ADDR": "x",
                ]
            )
        }
        let text = found?.description ?? ""
        #expect(text.contains("REGISTRY_HTTP_SECRET") && !text.contains("hidden"))
        #expect(text.contains("REGISTRY_HTTP_ADDR: http.addr: nowhere is no address"))
        #expect(text.contains("there is no 3"))
    }
}
