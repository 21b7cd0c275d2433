import BundleConfig
import Foundation
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("An ACME authority that asks over HTTP", .timeLimit(.minutes(1)))
struct HTTPChallengeTests {
    private static let token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
    private static let path = "/.well-known/acme-challenge/"

    private func proxy(_ change: (inout ProxyConfiguration) -> Void = { _ in }) async throws -> TestProxy {
        let proxy = try await TestProxy.start {
            // Below the docroot's parent: whoever got out of the folder would find something.
            $0.acmeChallenges = $0.routes.last?.docroot.map { $0.replacingOccurrences(of: "/www", with: "/acme") }
            change(&$0)
        }
        let place = "\(proxy.folder)/acme/http-01"
        try FileManager.default.createDirectory(atPath: "\(place)/folder", withIntermediateDirectories: true)
        try proxy.write("\(Self.token).thumbprint", to: "acme/http-01/\(Self.token)")
        try proxy.write("geheim", to: "acme/secret")
        try proxy.link("../secret", "acme/http-01/link")
        return proxy
    }

    @Test("is answered on port 80 and on 443, from any address and in maintenance, before all else")
    func answers() async throws {
        let proxy = try await proxy {
            $0.addresses.deny = [AddressRange("127.0.0.0/8")].compactMap(\.self)
            $0.maintenance = "Back at noon."
        }
        let format = ["-w", " %{http_code} %{content_type}"]
        for base in ["http://localhost:\(proxy.http)", "https://localhost:\(proxy.https)"] {
            let answer = try await proxy.curl(arguments: format + ["\(base)\(Self.path)\(Self.token)"]).output
            #expect(answer == "\(Self.token).thumbprint 200 text/plain")
        }
        let head = try await proxy.curl("-I", "http://localhost:\(proxy.http)\(Self.path)\(Self.token)").output
        #expect(head.hasPrefix("HTTP/1.1 200 "))
        #expect(proxy.upstream.seen.withLock { $0.requests.isEmpty })
        await proxy.stop()
    }

    @Test(
        "gets what everybody gets for what is no token, or nobody's",
        arguments: [
            "absent", "", "..%2fsecret", "%2e%2e/secret", "../secret", "link", "folder", "a.b", "a%00b",
            String(repeating: "a", count: 257),
        ])
    func others(_ name: String) async throws {
        let proxy = try await proxy()
        let without = try await TestProxy.start()
        for (scheme, port, other) in [("http", proxy.http, without.http), ("https", proxy.https, without.https)] {
            func ask(_ port: Int) async throws -> String {
                try await proxy.curl(
                    "--path-as-is", "-w", " %{http_code} %{redirect_url}",
                    "\(scheme)://localhost:\(port)\(Self.path)\(name)"
                ).output
            }
            let answer = try await ask(port)
            #expect(
                answer
                    == (try await ask(other)).replacingOccurrences(of: "\(without.https)", with: "\(proxy.https)"))
            #expect(!answer.contains("geheim") && !answer.contains(" 200 "))
        }
        await proxy.stop()
        await without.stop()
    }

    @Test("does not change what other methods and bodies get")
    func methods() async throws {
        let proxy = try await proxy { $0.httpRedirect = false }
        let url = "http://localhost:\(proxy.http)\(Self.path)\(Self.token)"
        #expect(try await proxy.curl("-X", "POST", "-d", "x", "-w", "%{http_code}", url).output.hasSuffix("405"))
        #expect(try await proxy.curl("-X", "GET", "-d", "x", "-w", "%{http_code}", url).output.hasSuffix("404"))
        await proxy.stop()
    }
}
