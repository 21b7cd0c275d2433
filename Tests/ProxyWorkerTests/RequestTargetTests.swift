import Testing

@testable import ProxyWorker

@Suite("A request's path")
struct RequestTargetTests {
    @Test(
        "is refused when two servers could read it differently",
        arguments: [
            "/../etc/passwd", "/a/../b", "/a/..", "/.", "/..", "/a/./b", "/%2e%2e/a", "/%2E%2e/", "/a/%2e", "/.%2e/a",
            "/a%00b", "/%00", "/a%0Ab", "/a%7f", "/a\\b", "/a%5cb", "/%5C..%5C", "/a%2fb", "/a%2Fb", "//a", "/a//b",
            "/v2//",
            "/%", "/%4", "/%zz", "/%c0%ae%c0%ae/", "/%c0%af", "/%e0%80%af", "/%f0%80%80%af", "/%ff", "/%ed%a0%80", "a",
            "",
        ])
    func refusals(_ target: String) {
        #expect(throws: RequestRefusal.self) { try RequestTarget(target) }
    }

    @Test(
        "is taken as it is, or in canonical form",
        arguments: [
            ("/", "/", "/"), ("/v2/", "/v2/", "/v2/"),
            ("/v2/a/blobs/sha256:0", "/v2/a/blobs/sha256:0", "/v2/a/blobs/sha256:0"),
            ("/%76%32/", "/v2/", "/v2/"), ("/a%20b", "/a b", "/a%20b"), ("/%c3%a4", "/ä", "/%C3%A4"),
            ("/...", "/...", "/..."),
            ("/a..b/.c", "/a..b/.c", "/a..b/.c"), ("/a%3Fb", "/a?b", "/a%3Fb"), ("/a%25", "/a%", "/a%25"),
        ])
    func canonical(_ target: String, _ path: String, _ encoded: String) throws {
        let read = try RequestTarget(target)
        #expect(read.path == path)
        #expect(read.encodedPath == encoded)
    }

    @Test("loses the route's prefix but for its last slash, and keeps the query")
    func stripping() throws {
        #expect(
            try RequestTarget("/authserver/auth?service=a%2Fb").forwarded(stripping: "/authserver/")
                == "/auth?service=a%2Fb")
        #expect(try RequestTarget("/authserver").forwarded(stripping: "/authserver/") == "/")
        #expect(try RequestTarget("/authserver/").forwarded(stripping: "/authserver/") == "/")
        #expect(try RequestTarget("/v2/?").forwarded(stripping: nil) == "/v2/?")
        #expect(try RequestTarget("/a?x=../..").query == "x=../..")
    }
}
