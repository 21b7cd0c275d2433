import BundleConfig
import Foundation
import HTTPService
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("Collecting garbage by request and by configuration")
struct CollectionScheduleTests {
    @Test("tells each item and the sum, and removes nothing in a dry run")
    func byRequest() async throws {
        let registry = try TestRegistry()
        let schedule = CollectionSchedule(storage: registry.storage, logger: Logger(label: "test"))
        try await registry.run { client in
            let digest = try await client.pushImage([1], "a", to: "team/app")
            _ = try await client.send(.delete, "/v2/team/app/manifests/\(digest)")
            try await Application(responder: AdminSocket.responder(schedule.adminRoutes)).test(.router) { admin in
                let young = try await admin.execute(uri: "/v1/gc", method: .post)
                #expect(young.text.contains("\"blobs\":0") && young.text.contains("\"young\":3"))
                // As if it had been pushed long ago.
                let old = Date(timeIntervalSinceNow: -7_200)
                for case let path as String in FileManager.default.enumerator(atPath: registry.folder) ?? .init()
                where !path.contains("/.") {
                    try FileManager.default.setAttributes(
                        [.modificationDate: old], ofItemAtPath: "\(registry.folder)/\(path)")
                }
                let dry = try await admin.execute(uri: "/v1/gc?dry_run=true", method: .post)
                #expect(dry.text.contains("\"kind\":\"link\",\"repository\":\"team/app\""))
                #expect(dry.text.contains("no manifest of the repository names it"))
                #expect(dry.text.contains("\"blobs\":3"))
                let real = try await admin.execute(uri: "/v1/gc", method: .post)
                #expect(real.text.contains("\"blobs\":3"))
                #expect(try await admin.execute(uri: "/v1/gc", method: .post).text.contains("\"examined\":0"))
            }
        }
    }

    @Test("is off unless it is switched on, and refuses times that would break a promise")
    func configuration() throws {
        func read(_ text: String) throws -> CollectionSettings {
            try CollectionSettings(ConfigurationNode.parse(text, file: "config.yml"))
        }
        #expect(try CollectionSettings(nil) == CollectionSettings() && !CollectionSettings().isEnabled)
        let settings = try read("{enabled: true, interval: 6h, grace: 2h, dryrun: true, untagged: true}")
        #expect(settings.isEnabled && settings.isDryRun && settings.removesUntagged)
        #expect(settings.interval == .seconds(21_600) && settings.grace == .seconds(7_200))
        for text in ["grace: 5m", "interval: 1s", "graze: 1h", "enabled: perhaps"] {
            #expect(throws: ConfigurationErrors.self) { try read("{\(text)}") }
        }
    }
}
