import BundleConfig
import Foundation
import HTTPTypes
import RegistryModel
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

@Suite("What is told of requests")
struct EventRouteTests {
    /// Runs requests with a receiver, and gives the events in the order of arrival.
    private func events(
        references: Bool = false, count: Int, _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws -> [[String: Any]] {
        let receiver = EventReceiver()
        let server = try await receiver.start()
        let registry = try TestRegistry(isNotifying: true)
        let hub = try #require(registry.hub)
        await hub.follow(
            NotificationSettings(
                endpoints: [.init(name: "a", url: Secret(server.url), host: "a")], includesReferences: references))
        try await registry.run { client in
            try await body(client)
            _ = await eventually { receiver.events.count >= count }
            await hub.stop()
        }
        await server.stop()
        return receiver.events
    }

    /// `action method mediaType tag from`, with `-` for what is not there.
    private func line(_ event: [String: Any]) -> String {
        let target = event["target"] as? [String: Any] ?? [:]
        let request = event["request"] as? [String: Any] ?? [:]
        return [
            event["action"], request["method"], target["mediaType"], target["tag"], target["fromRepository"],
        ].map { $0 as? String ?? "-" }.joined(separator: " ")
    }

    @Test("is what distribution 2.8 tells of the same requests")
    func all() async throws {
        let layer = Array("layer".utf8)
        let events = try await events(references: true, count: 11) { client in
            let digest = try await client.pushImage(layer, "one", to: "a/b")
            let blob = try #require(ContentHash.digest(of: layer))
            _ = try await client.send(.head, "/v2/a/b/manifests/one")
            _ = try await client.send(.get, "/v2/a/b/manifests/one")
            _ = try await client.send(.get, "/v2/a/b/blobs/\(blob)")
            _ = try await client.send(.head, "/v2/a/b/blobs/\(blob)")
            _ = try await client.send(.post, "/v2/c/d/blobs/uploads/?mount=\(blob)&from=a/b")
            _ = try await client.send(.delete, "/v2/a/b/manifests/\(digest)")
            _ = try await client.send(.delete, "/v2/a/b/blobs/\(blob)")
        }
        let oci = MediaType.ociManifest
        #expect(
            events.map(line) == [
                "push POST application/octet-stream - -", "push POST application/octet-stream - -",
                "push PUT \(oci) one -", "pull HEAD \(oci) one -", "pull GET \(oci) one -",
                "pull GET application/octet-stream - -", "pull HEAD application/octet-stream - -",
                "mount POST application/octet-stream - a/b", "delete DELETE - - -", "delete DELETE - one -",
                "delete DELETE - - -",
            ])
        let target = try #require(events[2]["target"] as? [String: Any])
        #expect(
            Set(target.keys) == ["mediaType", "size", "digest", "length", "repository", "url", "tag", "references"])
        #expect((target["references"] as? [[String: Any]])?.map { $0["size"] as? Int } == [2, 5])
        #expect((target["url"] as? String)?.hasSuffix("/v2/a/b/manifests/\(target["digest"] ?? "")") == true)
        #expect(Set((events[8]["target"] as? [String: Any] ?? [:]).keys) == ["digest", "repository"])
        #expect(Set((events[9]["target"] as? [String: Any] ?? [:]).keys) == ["repository", "tag"])
        for event in events {
            #expect(Set(event.keys) == ["id", "timestamp", "action", "target", "request", "actor", "source"])
            let source = event["source"] as? [String: Any] ?? [:]
            #expect(Set(source.keys) == ["addr", "instanceID"])
        }
    }

    @Test("names no references unless it is asked to, and nothing of what failed")
    func less() async throws {
        let events = try await events(count: 3) { client in
            _ = try await client.send(.get, "/v2/a/b/manifests/none")
            _ = try await client.send(.put, "/v2/a/b/manifests/bad", [:], Array("{}".utf8))
            try await client.pushImage([1], "one", to: "a/b")
        }
        #expect(events.count == 3)
        #expect((events.last?["target"] as? [String: Any])?["references"] == nil)
    }
}
