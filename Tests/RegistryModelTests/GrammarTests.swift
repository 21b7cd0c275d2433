import Testing

@testable import RegistryModel

@Suite("The grammar of names")
struct GrammarTests {
    private static let hex = String(repeating: "ab", count: 32)

    @Test(
        "takes repository names of the specification",
        arguments: [
            "a", "library/alpine", "team/app", "a.b", "a_b", "a__b", "a-b", "a--b", "a---b/c", "0/1/2", "a1.b2-c3",
            String(repeating: "a", count: 255),
        ])
    func goodNames(name: String) {
        #expect(RepositoryName(name)?.description == name)
    }

    @Test(
        "refuses what is no repository name",
        arguments: [
            "", "A", "a/", "/a", "a//b", "a..b", "a___b", "a._b", "-a", "a-", ".a", "a.", "_a", "a b", "a:b", "ä",
            "../x",
            "a/../b", "a\0", "a%2Fb", String(repeating: "a", count: 256), "_catalog", "a/_uploads/b",
        ])
    func badNames(name: String) {
        #expect(RepositoryName(name) == nil)
    }

    @Test("takes tags", arguments: ["latest", "1.4", "_x", "A", "v1.0.0-rc.1", String(repeating: "t", count: 128)])
    func goodTags(tag: String) {
        #expect(RegistryTag(tag)?.description == tag)
    }

    @Test(
        "refuses what is no tag",
        arguments: ["", ".x", "-x", "a/b", "a:b", "a b", "ä", String(repeating: "t", count: 129)])
    func badTags(tag: String) {
        #expect(RegistryTag(tag) == nil)
    }

    @Test("takes digests of both algorithms")
    func goodDigests() {
        #expect(Digest("sha256:\(Self.hex)")?.description == "sha256:\(Self.hex)")
        #expect(Digest("sha512:\(Self.hex)\(Self.hex)")?.algorithm == .sha512)
        #expect(Digest("sha256:\(Self.hex)")?.short == "sha256:abababababab…")
    }

    @Test(
        "refuses what is no digest",
        arguments: [
            "", "sha256", "sha256:", "sha256:\(hex.uppercased())", "sha256:\(hex)a", "sha256:\(hex.dropLast())",
            "sha512:\(hex)", "md5:\(hex)", "SHA256:\(hex)", "sha256:\(hex) ", "sha256:\(hex.dropLast())g",
            "sha256::\(hex)",
        ])
    func badDigests(text: String) {
        #expect(Digest(text) == nil)
    }

    @Test("tells a tag from a digest by its colon")
    func references() throws {
        #expect(try Reference("1.4") == .tag(#require(RegistryTag("1.4"))))
        #expect(try Reference("sha256:\(Self.hex)") == .digest(#require(Digest("sha256:\(Self.hex)"))))
        #expect(throws: Reference.Refusal.digestInvalid) { try Reference("sha256:abc") }
        #expect(throws: Reference.Refusal.tagInvalid) { try Reference(".x") }
    }

    @Test("orders repositories as folders are walked")
    func order() {
        let names = ["a-b", "a/b", "a", "b", "a.c"].compactMap { RepositoryName($0) }.sorted().map(\.description)
        #expect(names == ["a", "a/b", "a-b", "a.c", "b"])
    }

    @Test("reads scopes, with ports and classes in them")
    func scopes() throws {
        let scope = try #require(Scope("repository:host:5000/team/app:pull,push"))
        #expect(scope.name == "host:5000/team/app")
        #expect(scope.actions == ["pull", "push"])
        #expect(scope.description == "repository:host:5000/team/app:pull,push")
        #expect(Scope("repository(plugin):a:pull")?.resourceClass == "plugin")
        #expect(Scope("registry:catalog:*") == .catalog)
        for text in ["", "a", "a:b", ":a:b", "a::b"] { #expect(Scope(text) == nil) }
    }

    @Test(
        "gives every error code a status of the client's or the server's and a sentence", arguments: ErrorCode.allCases)
    func codes(code: ErrorCode) {
        #expect((400..<600).contains(code.status))
        #expect(!code.message.isEmpty)
        #expect(code.rawValue.allSatisfy { $0.isUppercase || $0 == "_" })
    }
}
