import BundleConfig
import Foundation
import HTTPTypes
import Logging
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

@Suite("Notifications")
struct NotificationTests {
    private let folder = "/tmp/dockmaster-hub-\(getpid())-\(UploadID())"

    private func hub() -> NotificationHub { NotificationHub(folder: folder, source: EventSource(port: 5_000)) }

    private func endpoint(_ name: String, _ port: Int, backoff: Duration = .milliseconds(5))
        -> NotificationSettings.Endpoint
    {
        var endpoint = NotificationSettings.Endpoint(
            name: name, url: Secret("http://127.0.0.1:\(port)/hook?token=s3cret"), host: "127.0.0.1:\(port)")
        endpoint.retry = RetryPolicy(threshold: 2, backoff: backoff)
        endpoint.timeout = .seconds(2)
        return endpoint
    }

    private func event(_ number: Int, _ action: RegistryEvent.Action = .push) throws -> RegistryEvent {
        RegistryEvent(
            action: action,
            target: .init(mediaType: "a/b", size: 5, repository: try #require(RepositoryName("team/app"))),
            origin: .init(id: "\(number)", address: "", host: "", method: "PUT", userAgent: "", user: ""))
    }

    private func clean() { try? FileManager.default.removeItem(atPath: folder) }

    @Test("arrive in their order, through answers of 500, each until it is accepted")
    func order() async throws {
        defer { clean() }
        let receiver = EventReceiver { $0 % 3 == 2 ? .ok : .internalServerError }
        let server = try await receiver.start()
        let hub = hub()
        await hub.follow(NotificationSettings(endpoints: [endpoint("a", server.port)]))
        for number in 0..<20 { await hub.record(try event(number)) }
        #expect(await eventually { hub.counters[0].counters.pending == 0 })
        #expect(receiver.numbers == (0..<20).flatMap { ["\($0)", "\($0)", "\($0)"] })
        let counters = hub.counters[0].counters
        #expect(counters.events == 20 && counters.successes == 20 && counters.failures == 40)
        #expect(counters.statuses == [200: 20, 500: 40])
        await hub.stop()
        await server.stop()
    }

    @Test("wait on the disk while the endpoint is down and through a restart of ours, and arrive when it is back")
    func down() async throws {
        defer { clean() }
        let port = try TestServer.unusedPort()
        let settings = NotificationSettings(endpoints: [endpoint("a", port, backoff: .seconds(20))])
        var first: NotificationHub? = hub()
        await first?.follow(settings)
        for number in 0..<50 { await first?.record(try event(number)) }
        // What a kill leaves: nobody has told the queue of an end.
        #expect(first?.counters[0].counters.pending == 50)
        await first?.stop()
        first = nil

        let receiver = EventReceiver()
        let server = try await receiver.start(port: port)
        let second = hub()
        await second.follow(settings)
        await second.record(try event(50))
        #expect(await eventually { second.counters[0].counters.pending == 0 })
        #expect(receiver.numbers == (0...50).map(String.init))
        await second.stop()
        await server.stop()
    }

    @Test("of a registry that ends while its successor has begun are lost by neither: what it leaves, the other sends")
    func successor() async throws {
        defer { clean() }
        let port = try TestServer.unusedPort()
        let settings = NotificationSettings(endpoints: [endpoint("a", port)])
        let old = hub()
        await old.follow(settings)
        let new = NotificationHub(
            folder: folder, source: EventSource(port: 5_000), patience: .milliseconds(50))
        await new.follow(settings)
        for number in 0..<20 { await (number % 2 == 0 ? old : new).record(try event(number)) }
        await old.stop()
        #expect(await eventually { new.counters[0].counters.pending == 20 })
        let receiver = EventReceiver()
        let server = try await receiver.start(port: port)
        #expect(await eventually { new.counters[0].counters.pending == 0 })
        #expect(receiver.numbers.sorted() == (0..<20).map(String.init).sorted())
        await new.stop()
        await server.stop()
    }

    @Test("to one endpoint are not held up by another that is slow, and nor is whoever pushes")
    func slow() async throws {
        defer { clean() }
        let release = Mutex(false)
        let slow = EventReceiver { _ in
            _ = await eventually { release.withLock { $0 } }
            return .ok
        }
        let quick = EventReceiver()
        let (slowServer, quickServer) = (try await slow.start(), try await quick.start())
        let hub = hub()
        await hub.follow(
            NotificationSettings(endpoints: [endpoint("slow", slowServer.port), endpoint("quick", quickServer.port)]))
        for number in 0..<200 { await hub.record(try event(number)) }
        #expect(await eventually { quick.numbers.count == 200 })
        #expect(hub.counters.first { $0.name == "slow" }?.counters.pending == 200)
        release.withLock { $0 = true }
        await hub.stop()
        await slowServer.stop()
        await quickServer.stop()
    }

    @Test("keep to what each endpoint ignores")
    func filters() async throws {
        defer { clean() }
        let receiver = EventReceiver()
        let server = try await receiver.start()
        var pushes = endpoint("pushes", server.port)
        pushes.ignoredActions = [.pull, .delete]
        pushes.ignoredMediaTypes = ["x/y"]
        let hub = hub()
        await hub.follow(NotificationSettings(endpoints: [pushes]))
        #expect(!hub.wants(.pull, mediaType: nil) && hub.wants(.push, mediaType: "a/b"))
        #expect(!hub.wants(.push, mediaType: "x/y"))
        await hub.record(try event(1, .delete))
        hub.note(try event(2, .pull))
        await hub.record(try event(3, .push))
        #expect(await eventually { receiver.numbers == ["3"] })
        await hub.follow(NotificationSettings())
        await hub.record(try event(4, .push))
        #expect(hub.counters.isEmpty)
        await server.stop()
        #expect(receiver.numbers == ["3"])
    }

    @Test("go with the headers of the endpoint, as distribution's content type")
    func headers() async throws {
        defer { clean() }
        let receiver = EventReceiver()
        let server = try await receiver.start()
        var endpoint = endpoint("a", server.port)
        endpoint.headers = [.init(name: "Authorization", value: Secret("Bearer hunter2"))]
        let hub = hub()
        await hub.follow(NotificationSettings(endpoints: [endpoint]))
        await hub.record(try event(1))
        #expect(await eventually { !receiver.all.isEmpty })
        let headers = try #require(receiver.all.first).headers
        #expect(headers[.contentType] == "application/vnd.docker.distribution.events.v1+json")
        #expect(headers[.authorization] == "Bearer hunter2")
        #expect(!"\(endpoint)".contains("hunter2") && !"\(endpoint)".contains("s3cret"))
        await hub.stop()
        await server.stop()
    }

    @Test("count under distribution's names")
    func metrics() {
        let text = EndpointCounters.prometheus([
            ("a\"b", EndpointCounters(pending: 3, events: 9, successes: 5, failures: 1, errors: 2, statuses: [200: 5]))
        ])
        #expect(text.contains(#"registry_notifications_events_total{type="Events",endpoint="a\"b"} 9"#))
        #expect(text.contains(#"registry_notifications_pending_total{endpoint="a\"b"} 3"#))
        #expect(text.contains(#"registry_notifications_status_total{code="200",endpoint="a\"b"} 5"#))
        #expect(EndpointCounters.prometheus([]).isEmpty)
    }
}
