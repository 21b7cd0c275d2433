import Testing

@testable import BundleConfig

@Suite("A host name")
struct HostNameTests {
    @Test(
        "is matched by equal names and by a wildcard for one label",
        arguments: [
            ("registry.example.test", "registry.example.test", true),
            ("Registry.Example.test", "registry.EXAMPLE.test.", true),
            ("registry.example.test", "*.example.test", true), ("a.b.example.test", "*.example.test", false),
            ("example.test", "*.example.test", false), ("registry.example.test", "example.test", false),
            ("127.0.0.1", "127.0.0.1", true), ("::1", "0:0:0:0:0:0:0:1", true), ("127.0.0.1", "*.0.0.1", false),
        ])
    func matching(host: String, pattern: String, expected: Bool) {
        #expect(HostName.matches(host, pattern: pattern) == expected)
    }

    @Test(
        "has labels of letters, digits and hyphens",
        arguments: [
            ("localhost", true), ("a-b.example.test", true), ("10.0.0.1", true), ("2001:db8::1", true), ("", false),
            ("https://x", false), ("x:5000", false), ("a..b", false), ("-a.b", false), ("a b", false), ("*.x.y", false),
            (String(repeating: "a", count: 64), false),
        ])
    func shape(text: String, expected: Bool) {
        #expect(HostName.isValid(text) == expected)
    }
}
