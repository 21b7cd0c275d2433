import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
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
        await hub.follow(NotificationSettings(endpoints: [endpoint(server)], includesReferences: references))
        try await registry.run { client in
            try await body(client)
            _ = await eventually { receiver.events.count >= count }
            await hub.stop()
        }
        await server.stop()
        return receiver.events
    }

    /// With patience: an attempt that a busy machine answers too late would be made again, and its event come twice.
    private func endpoint(_ server: TestServer) -> NotificationSettings.Endpoint {
        .init(name: "a", url: Secret(server.url), host: "a", timeout: .seconds(60))
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

    @Test("is told of a tag that retention removes as of one that a client deletes, and not in a dry run")
    func retention() async throws {
        let receiver = EventReceiver()
        let server = try await receiver.start()
        let registry = try TestRegistry(isNotifying: true)
        let hub = try #require(registry.hub)
        await hub.follow(NotificationSettings(endpoints: [endpoint(server)]))
        let schedule = CollectionSchedule(storage: registry.storage, hub: hub, logger: Logger(label: "test"))
        var policy = RegistryPolicy()
        policy.retention = [Retention(repositories: NamePattern("**"), keepLast: 1)]
        schedule.follow(CollectionSettings(), policy, isReadOnly: false)
        try await registry.run { client in
            for tag in ["one", "two"] { try await client.pushImage(Array(tag.utf8), tag, to: "a/b") }
            // Moments have whole seconds: the one that was pushed last must be the later one.
            for case let path as String in FileManager.default.enumerator(atPath: registry.folder) ?? .init()
            where path.hasSuffix("/tags/one/current/link") {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -7_200)],
                    ofItemAtPath: "\(registry.folder)/\(path)")
            }
            _ = try await client.send(.delete, "/v2/a/b/manifests/two")
            try await client.pushImage(Array("two".utf8), "two", to: "a/b")
            try await Application(responder: AdminSocket.responder(schedule.adminRoutes)).test(.router) { admin in
                let dry = try await admin.execute(uri: "/v1/gc?dry_run=true", method: .post)
                #expect(dry.text.contains("\"tags\":1"), "\(dry.text)")
                let real = try await admin.execute(uri: "/v1/gc", method: .post)
                #expect(real.text.contains("\"tags\":1"), "\(real.text)")
            }
            _ = await eventually { receiver.events.filter { $0["action"] as? String == "delete" }.count >= 2 }
            await hub.stop()
        }
        await server.stop()
        let deletes = receiver.events.filter { $0["action"] as? String == "delete" }
        #expect(deletes.map(line).count == 2)
        let targets = deletes.compactMap { $0["target"] as? [String: Any] }
        #expect(targets.first.map { Set($0.keys) } == targets.last.map { Set($0.keys) })
        #expect(targets.compactMap { $0["tag"] as? String }.first == "two")
        let origin = deletes.last?["request"] as? [String: Any]
        #expect(origin?["method"] as? String == "DELETE")
        #expect(origin?["useragent"] as? String == "dockmaster-retention")
    }
}
