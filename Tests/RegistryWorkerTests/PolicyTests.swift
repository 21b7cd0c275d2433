import BundleConfig
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("The policy")
struct PolicyTests {
    @Test(
        "matches names by patterns",
        arguments: [
            ("**", "a/b/c", true), ("*", "a", true), ("*", "a/b", false), ("team/*", "team/app", true),
            ("team/*", "team/app/x", false), ("team/**", "team/app/x", true), ("team/**", "teams", false),
            ("*/app", "team/app", true), ("v*.0", "v1.0", true), ("v*.0", "v1.1", false), ("", "", true),
            ("a**b**c", "a/x/b/y/c", true), ("latest", "latest2", false),
        ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test("keeps what one of its grounds keeps, and says why the rest may go")
    func retention() throws {
        let day = 86_400
        let now = 1_000 * day
        let digest = try #require(ContentHash.digest(of: []))
        func facts(_ tag: String, _ moved: Int, _ pulled: Int?) throws -> TagFacts {
            TagFacts(
                tag: try #require(ImageTag(tag)), digest: digest, moved: now - moved * day,
                pulled: pulled.map { now - $0 * day })
        }
        let tags = [
            try facts("v1", 400, nil), try facts("old", 300, 200), try facts("used", 200, 3), try facts("new", 1, nil),
        ]
        func gone(_ rule: Retention, since: Int = 0) -> [String] {
            rule.decide(tags, since: since, now: now).filter { !$0.isKept }.map(\.tag.description)
        }
        let all = NamePattern("**")
        #expect(gone(Retention(repositories: all, keepLast: 2)) == ["old", "v1"])
        #expect(gone(Retention(repositories: all, keepLast: 1, keepTags: [NamePattern("v*")])) == ["used", "old"])
        #expect(gone(Retention(repositories: all, notPulledFor: .seconds(30 * day))) == ["old", "v1"])
        #expect(gone(Retention(repositories: all, keepLast: 3, notPulledFor: .seconds(30 * day))) == ["v1"])
        let reasons = Retention(repositories: all, keepTags: [NamePattern("v*")], notPulledFor: .seconds(30 * day))
            .decide(tags, since: 0, now: now).map(\.reason)
        #expect(
            reasons == [
                "pushed 24 hours ago; rule **", "pulled 3 days ago; rule **", "not pulled for 200 days; rule **",
                "its name is kept (v*); rule **",
            ])
        // An index that is younger than the rule's time does not know who pulled before.
        let young = Retention(
            repositories: all, keepLast: 2, notPulledFor: .seconds(30 * day), place: "registry.yml:41")
        #expect(gone(young, since: now - 20 * day) == [] && gone(young, since: now - 31 * day) == ["old", "v1"])
        #expect(
            young.decide(tags, since: now - 31 * day, now: now).last?.reason
                == "older than the last 2, pushed 400 days ago and not pulled since; rule ** (registry.yml:41)")
        #expect(
            young.decide(tags, since: now - 20 * day, now: now).last?.reason
                == "pulls are known for 20 days only; rule ** (registry.yml:41)")
    }

    @Test("is read whole, and refuses rules that mean nothing")
    func configuration() throws {
        func read(_ text: String) throws -> RegistryPolicy {
            try RegistryPolicyReader.read(ConfigurationNode.parse(text, file: "config.yml"))
        }
        let policy = try read(
            """
            immutable: [{repositories: "team/**", tags: "v*"}]
            quotas: [{repositories: "team/*", bytes: 10GiB, tags: 100}]
            retention: [{repositories: "ci/**", keep_last: 10, keep_tags: ["v*"], not_pulled_for: 30d}]
            """)
        #expect(policy.quotas.first?.bytes == 10 << 30 && policy.retention.first?.notPulledFor == .seconds(2_592_000))
        for text in [
            "immutable: [{tags: a}]", "quotas: [{repositories: a}]", "quotas: [{repositories: a, tags: 0}]",
            "retention: [{repositories: a, keep_tags: [b]}]", "imutable: []", "quotas: 3",
        ] {
            #expect(throws: (any Error).self) { try read(text) }
        }
    }

    private func registry(_ policy: RegistryPolicy) throws -> TestRegistry {
        let registry = try TestRegistry()
        var configuration = RegistryConfiguration()
        configuration.isDeleteEnabled = true
        configuration.policy = policy
        registry.settings.replace(try RegistrySettings(configuration))
        return registry
    }

    @Test("neither moves nor deletes an immutable tag, by any way, and takes the same content again")
    func immutable() async throws {
        var policy = RegistryPolicy()
        policy.immutable = [.init(repositories: NamePattern("team/*"), tags: NamePattern("v*"))]
        try await registry(policy).run { client in
            let digest = try await client.pushImage([1], "v1", to: "team/app")
            try await client.pushImage([1], "v1", to: "team/app")
            try await client.pushImage([2], "latest", to: "team/app")
            try await client.pushImage([1], "latest", to: "team/app")
            let config = try await client.push(Array("{}".utf8), to: "team/app")
            let layer = try await client.push([9], to: "team/app")
            let moved = try await client.send(
                .put, "/v2/team/app/manifests/v1", [.contentType: MediaType.ociManifest],
                Array(imageText(config, layer, 1).utf8))
            #expect(moved.status == .forbidden && moved.code == "DENIED" && moved.text.contains("is immutable here"))
            for reference in ["v1", "\(digest)"] {
                let deleted = try await client.send(.delete, "/v2/team/app/manifests/\(reference)")
                #expect(deleted.status == .forbidden)
            }
            #expect(try await client.send(.delete, "/v2/team/app/manifests/latest").status == .accepted)
            let kept = try await client.send(.head, "/v2/team/app/manifests/v1")
            #expect(kept.headers[HTTPField.Name("Docker-Content-Digest") ?? .eTag] == digest.description)
        }
    }

    @Test("refuses what is over a quota with a sentence, before bytes are taken where they are announced")
    func quotas() async throws {
        var policy = RegistryPolicy()
        policy.quotas = [.init(repositories: NamePattern("small/*"), bytes: 1_000, tags: 2)]
        let registry = try registry(policy)
        try await registry.run { client in
            try await client.pushImage([1], "a", to: "small/app")
            try await client.pushImage([1], "b", to: "small/app")
            let third = try await client.send(
                .put, "/v2/small/app/manifests/c", [.contentType: MediaType.ociManifest],
                Array(
                    imageText(
                        try await client.push(Array("{}".utf8), to: "small/app"),
                        try await client.push([1], to: "small/app"), 1
                    ).utf8))
            #expect(third.status == .forbidden && third.text.contains("may have 2 tags and has 2"))
            let large = try await client.send(
                .post, "/v2/small/app/blobs/uploads/", [.contentLength: "2000"], [UInt8](repeating: 0, count: 2_000))
            #expect(large.status == .forbidden && large.code == "DENIED" && large.text.contains("may hold"))
            try await client.push([UInt8](repeating: 0, count: 2_000), to: "large/app")
        }
    }
}

private typealias ImageTag = RegistryModel.Tag
