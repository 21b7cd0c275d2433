import BundleConfig
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

@Suite("The credentials for an upstream")
struct UpstreamAccessTests {
    /// A realm that keeps the Authorization headers it sees, and gives a token for what is asked.
    private func realm(_ seen: @escaping @Sendable (String?) -> Void) async throws -> TestServer {
        try await TestServer { request in
            seen(request.headers[.authorization])
            let token = try TestToken.make("cache", [(name: "a/b", actions: ["pull"])])
            return Response(
                status: .ok, body: .init(byteBuffer: ByteBuffer(string: "{\"token\":\"\(token)\",\"expires_in\":300}")))
        }
    }

    private func upstream(realm: String) async throws -> TestUpstream {
        var access = TestToken.access
        access.realm = realm
        return try await TestUpstream(access: .token(access))
    }

    @Test("go to a realm of its own host, once for many requests")
    func own() async throws {
        let seen = Mutex<[String?]>([])
        let realm = try await realm { header in seen.withLock { $0.append(header) } }
        let upstream = try await upstream(realm: realm.url + "/token")
        try await upstream.push([1], "one")
        let cache = try TestRegistry(upstream: try upstream.settings(user: "cache"))
        try await cache.run { client in
            for _ in 0..<3 {
                let answer = try await client.send(.get, "/v2/a/b/manifests/one")
                #expect(answer.status == .ok)
            }
        }
        #expect(seen.withLock { $0 } == ["Basic " + Data("cache:hunter2".utf8).base64EncodedString()])
        #expect(upstream.requests.allSatisfy { $0.headers[.authorization]?.hasPrefix("Basic") != true })
        await upstream.stop()
        await realm.stop()
    }

    @Test("are not seen by a foreign realm")
    func foreign() async throws {
        let seen = Mutex<[String?]>([])
        let realm = try await realm { header in seen.withLock { $0.append(header) } }
        // The same machine under another name is another host.
        let upstream = try await upstream(realm: "http://localhost:\(realm.port)/token")
        try await upstream.push([1], "one")
        let cache = try TestRegistry(upstream: try upstream.settings(user: "cache"))
        try await cache.run { client in
            let answer = try await client.send(.get, "/v2/a/b/manifests/one")
            #expect(answer.status == .ok)
        }
        #expect(seen.withLock { $0 } == [nil])
        await upstream.stop()
        await realm.stop()
    }

    @Test("and its tokens do not follow a redirect to another host")
    func redirect() async throws {
        let seen = Mutex<[String?]>([])
        let realm = try await realm { _ in }
        let upstream = try await upstream(realm: realm.url + "/token")
        let (_, blob) = try await upstream.push([1, 2, 3], "one")
        let store = try await TestServer { request in
            seen.withLock { $0.append(request.headers[.authorization]) }
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: [1, 2, 3])))
        }
        upstream.intercept { request in
            guard request.uri.path.contains("/blobs/"), request.headers[.authorization] != nil else { return nil }
            return Response(
                status: .temporaryRedirect, headers: [.location: "http://localhost:\(store.port)/data?sig=x"])
        }
        let cache = try TestRegistry(upstream: try upstream.settings(user: "cache"))
        try await cache.run { client in
            let answer = try await client.send(.get, "/v2/a/b/blobs/\(blob)")
            #expect(Array(answer.body.readableBytesView) == [1, 2, 3])
        }
        #expect(seen.withLock { $0 } == [nil])
        await upstream.stop()
        await realm.stop()
        await store.stop()
    }

    @Test(
        "may go to these realms and no others",
        arguments: [
            ("https://r.example.com", "https://r.example.com/token", true),
            ("https://r.example.com:5000", "https://r.example.com/token", true),
            ("https://registry.gitlab.com", "https://gitlab.com/jwt/auth", true),
            ("https://registry-1.docker.io", "https://auth.docker.io/token", true),
            ("http://10.0.0.1:5000", "http://10.0.0.1:5001/token", true),
            ("https://r.example.com", "http://r.example.com/token", false),
            ("http://r.example.com", "http://example.com/token", false),
            ("https://r.example.com", "https://auth.example.com/token", false),
            ("https://r.example.com", "https://r.example.com.evil.test/token", false),
            ("https://example.com", "https://com/token", false),
            ("https://10.0.0.1", "https://0.0.1/token", false),
            ("https://r.example.com", "https://auth.docker.io/token", false),
            ("https://registry-1.docker.io", "https://docker.io/token", false),
        ])
    func realms(upstream: String, realm: String, expected: Bool) throws {
        let settings = UpstreamSettings(url: try #require(OutboundURL(upstream)))
        #expect(settings.trusts(realm: try #require(OutboundURL(realm))) == expected)
    }

    @Test("are asked for by challenges of these forms")
    func challenges() throws {
        let realm = try #require(OutboundURL("https://a.test/t?x=1"))
        #expect(
            UpstreamChallenge(#"Bearer realm="https://a.test/t?x=1",service="s, \"q\"",scope="repository:a:pull""#)
                == .bearer(realm: realm, service: #"s, "q""#))
        #expect(UpstreamChallenge("bearer Realm=https://a.test/t?x=1") == .bearer(realm: realm, service: ""))
        #expect(UpstreamChallenge("Basic realm=x") == .basic)
        for text in [
            "", "Bearer", "Bearer realm=\"ftp://a\"", "Digest realm=\"https://a\"", "Bearer realm=\"https://u@a\"",
        ] {
            #expect(UpstreamChallenge(text) == nil, "\(text)")
        }
    }

    @Test("are read from distribution's keys, and never shown")
    func reading() throws {
        let settings = try ProxyReader.read(
            ConfigurationNode.parse(
                "{remoteurl: \"https://r.test/\", username: u, password: hunter2, ttl: 0}", file: nil))
        #expect(settings?.url.origin == "https://r.test" && settings?.timeToLive == nil)
        #expect(settings.map { "\($0)" }?.contains("hunter2") == false)
        let empty = try ConfigurationNode.parse("{remoteurl: \"\"}", file: nil)
        #expect(try ProxyReader.read(empty) == nil)
        for text in [
            "{remoteurl: \"https://r.test/v2\"}", "{remoteurl: r.test}", "{remoteurl: \"https://r.test\", username: u}",
            "{remoteurl: \"https://r.test\", exec: {command: x}}", "{remoteurl: \"https://r.test\", tttl: 5}",
        ] {
            let node = try ConfigurationNode.parse(text, file: nil)
            #expect(throws: ConfigurationErrors.self, "\(text)") { try ProxyReader.read(node) }
        }
    }
}
