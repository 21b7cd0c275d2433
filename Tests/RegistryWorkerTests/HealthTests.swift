import HTTPTypes
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import RegistryWorker

@Suite("The registry's health")
struct HealthTests {
    private let monitor = HealthMonitor(logger: Logger(label: "test"))

    @Test("is bad once a check has failed as often in a row as it may not, and good again with the first success")
    func threshold() async {
        let isIll = Mutex(true)
        let check = HealthMonitor.Check(subject: .tcp(host: "h", port: 1), interval: .seconds(3_600), threshold: 3) {
            isIll.withLock { $0 } ? "h:1 takes no connection" : nil
        }
        monitor.follow([check])
        defer { monitor.follow([]) }
        // The task's own first look may or may not have been made.
        await monitor.once(check, 0)
        #expect(monitor.refusal == nil)
        for _ in 0..<2 { await monitor.once(check, 0) }
        #expect(monitor.refusal == "h:1 takes no connection" && monitor.storageProblem == nil)
        isIll.withLock { $0 = false }
        await monitor.once(check, 0)
        #expect(monitor.refusal == nil && monitor.problems.isEmpty)
    }

    @Test("of an administrator's check stops everything; that of the storage only pushes' greeting, and pulls go on")
    func answers() async throws {
        let file = HealthMonitor.Check(subject: .file("/x"), interval: .seconds(3_600), threshold: 1) {
            "the file /x is there"
        }
        let storage = HealthMonitor.Check(subject: .storage, interval: .seconds(3_600), threshold: 1) {
            "the disk is full"
        }
        let registry = try TestRegistry(health: monitor)
        try await registry.run { client in
            let digest = try await client.push([1], to: "a")
            monitor.follow([storage])
            await monitor.once(storage, 0)
            #expect(try await client.send(.get, "/v2/").status == .serviceUnavailable)
            #expect(try await client.send(.get, "/healthz").text.contains("the disk is full"))
            #expect(try await client.send(.get, "/v2/a/blobs/\(digest)").status == .ok)
            monitor.follow([file])
            await monitor.once(file, 0)
            let refused = try await client.send(.get, "/v2/a/blobs/\(digest)")
            #expect(refused.status == .serviceUnavailable && refused.code == "UNAVAILABLE")
            #expect(refused.text.contains("the file /x is there"))
            monitor.follow([])
            #expect(try await client.send(.get, "/v2/").status == .ok)
        }
    }

    @Test("is looked at in files and at addresses")
    func probes() async throws {
        let registry = try TestRegistry()
        try await registry.run { _ in
            let checks = HealthProbes(storage: registry.storage).checks(
                HealthSettings(checks: [
                    .init(subject: .file("/etc/passwd")), .init(subject: .file("/nonexistent")),
                    .init(subject: .tcp(host: "127.0.0.1", port: 1), timeout: .seconds(2)),
                    .init(subject: .http(uri: "http://127.0.0.1:1/", status: 200, headers: []), timeout: .seconds(2)),
                    .init(subject: .storage),
                ]))
            var found: [String?] = []
            for check in checks { found.append(await check.look()) }
            #expect(found[0]?.contains("/etc/passwd") == true && found[1] == nil && found[4] == nil)
            #expect(found[2] == "127.0.0.1:1 takes no connection")
            #expect(found[3] == "http://127.0.0.1:1/ does not answer")
        }
    }
}
