import BundleConfig
import Foundation
import Glibc
import NIOHTTP1
import Synchronization
import Testing

@testable import ProxyWorker

/// Several servers of one upstream, some of which are not there.
@Suite("An upstream with several servers", .serialized, .timeLimit(.minutes(2)))
struct FailOverTests {
    /// A proxy whose only upstream has these sockets.
    private func proxy(
        _ sockets: [String], backups: [String] = [], health: Duration = .milliseconds(100),
        _ change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws -> TestProxy {
        try await TestProxy.start {
            var upstream = ProxyConfiguration.Upstream(name: "registry", sockets: sockets)
            upstream.backups = backups
            upstream.healthInterval = health
            $0.upstreams = [upstream]
            change(&$0)
        }
    }

    private func path() throws -> String {
        try FileManager.default.createDirectory(atPath: "/tmp/proxy", withIntermediateDirectories: true)
        return "/tmp/proxy/server-\(UInt32.random(in: 0...UInt32.max)).sock"
    }

    /// Requests one after the other over one connection; gives their statuses.
    private func ask(_ proxy: TestProxy, _ count: Int, _ path: String = "/v2/x") async throws -> [String] {
        let client = try await RawClient.connect(port: proxy.https)
        var text = ""
        for number in 1...count {
            text = try await client.ask("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", answers: number)
        }
        await client.close()
        return text.matches(of: #/HTTP/1\.1 (\d+) /#).map { String($0.1) }
    }

    private func requests(_ server: FakeUpstream) -> Int {
        server.seen.withLock { $0.requests.count { $0.uri != "/healthz" } }
    }

    /// The state of each server as `/status` names it.
    private func states(_ proxy: TestProxy) async -> [String] {
        let text = await proxy.service.status()
        return text.matches(of: /"socket":"[^"]*","state":"(\w+)"/).map { String($0.1) }
    }

    @Test("has them take turns")
    func turns() async throws {
        let servers = [try await FakeUpstream.start(at: try path()), try await FakeUpstream.start(at: try path())]
        let proxy = try await proxy(servers.map(\.path))
        #expect(try await ask(proxy, 10) == Array(repeating: "200", count: 10))
        #expect(servers.map(requests) == [5, 5])
        await proxy.stop()
        for server in servers { await server.stop() }
    }

    @Test("does without one that is down, names it everywhere, and takes it back")
    func oneDown() async throws {
        let missing = try path()
        let server = try await FakeUpstream.start(at: try path())
        let proxy = try await proxy([missing, server.path])
        #expect(try await ask(proxy, 20) == Array(repeating: "200", count: 20))
        #expect(requests(server) == 20)
        await eventually("it is out") { await states(proxy) == ["down", "up"] }
        #expect(await proxy.service.status().contains("No such file"))
        let metric = "dockmaster_proxy_upstream_up{upstream=\"registry\",socket=\""
        let metrics = await proxy.service.metrics()
        #expect(metrics.contains("\(metric)\(missing)\"} 0") && metrics.contains("\(metric)\(server.path)\"} 1"))
        let health = try await proxy.curl("-w", "%{http_code}", proxy.url("/healthz")).output
        #expect(health.hasSuffix("200") && health.contains(#""upstreams":{"registry":"ok"}"#), "\(health)")
        // Which one is down is not everybody's to know.
        #expect(!health.contains(missing) && !health.contains("cannot connect"), "\(health)")

        let back = try await FakeUpstream.start(at: missing)
        await eventually("it is back") { await states(proxy) == ["up", "up"] }
        #expect(try await ask(proxy, 4) == ["200", "200", "200", "200"])
        #expect(requests(back) == 2)
        await proxy.stop()
        await server.stop()
        await back.stop()
    }

    @Test("answers 503 while all are down, and serves who waits when one comes")
    func allDown() async throws {
        let paths = [try path(), try path()]
        let proxy = try await proxy(paths) { $0.limits.connectTimeout = .milliseconds(400) }
        #expect(try await ask(proxy, 1) == ["503"])
        let health = try await proxy.curl("-w", "%{http_code}", proxy.url("/healthz")).output
        #expect(health.hasSuffix("503") && health.contains("not ready: registry"), "\(health)")
        #expect(health.contains(#""upstreams":{"registry":"not ready"}"#) && !health.contains("/"), "\(health)")
        try await proxy.reload {
            $0.upstreams = [.init(name: "registry", sockets: paths)]
            $0.limits.connectTimeout = .seconds(20)
        }
        async let waiting = ask(proxy, 1)
        let server = try await FakeUpstream.start(at: paths[1])
        #expect(try await waiting == ["200"])
        await proxy.stop()
        await server.stop()
    }

    @Test("goes on to the next one when one does not accept")
    func hanging() async throws {
        let hanging = try HangingListener()
        let server = try await FakeUpstream.start(at: try path())
        let proxy = try await proxy(["127.0.0.1:\(hanging.port)", server.path], health: .seconds(3_600))
        #expect(try await ask(proxy, 6) == Array(repeating: "200", count: 6))
        #expect(requests(server) == 6)
        await eventually("it is out") { await states(proxy) == ["down", "up"] }
        await proxy.stop()
        await server.stop()
        hanging.stop()
    }

    @Test("loses no GET when one dies under traffic, over unix sockets and TCP", arguments: [false, true])
    func dies(overTCP: Bool) async throws {
        var servers: [FakeUpstream] = []
        while servers.count < 2 {
            if overTCP {
                if let server = try? await FakeUpstream.start(port: .random(in: 30_000...32_000)) {
                    servers.append(server)
                }
            } else {
                servers.append(try await FakeUpstream.start(at: try path()))
            }
        }
        let proxy = try await proxy(servers.map(\.path))
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 1...4 { group.addTask { try await ask(proxy, 150) } }
            await eventually("there is traffic") { requests(servers[0]) > 50 }
            await servers[0].die()
            for try await statuses in group { #expect(statuses == Array(repeating: "200", count: 150)) }
        }
        await eventually("it is out") { await states(proxy) == ["down", "up"] }
        await proxy.stop()
        await servers[1].stop()
    }

    @Test("never sends a body twice that has been begun")
    func halfSent() async throws {
        let servers = [try await FakeUpstream.start(at: try path()), try await FakeUpstream.start(at: try path())]
        let proxy = try await proxy(servers.map(\.path))
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("POST /v2/count HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello")
        await eventually("the first has some of it") { servers[0].seen.withLock { $0.bodyBytes } == 5 }
        await servers[0].die()
        let answer = await client.text { $0.contains("UNAVAILABLE") }
        #expect(answer.hasPrefix("HTTP/1.1 502 "), "\(answer)")
        #expect(requests(servers[1]) == 0)
        await client.close()
        await proxy.stop()
        await servers[1].stop()
    }

    @Test("asks backups only while none of the others is there")
    func backups() async throws {
        let first = try path()
        let backup = try await FakeUpstream.start(at: try path())
        let server = try await FakeUpstream.start(at: first)
        let proxy = try await proxy([first], backups: [backup.path])
        #expect(try await ask(proxy, 5) == Array(repeating: "200", count: 5))
        #expect(requests(backup) == 0)
        await server.die()
        #expect(try await ask(proxy, 5) == Array(repeating: "200", count: 5))
        #expect(requests(backup) == 5)
        let again = try await FakeUpstream.start(at: first)
        await eventually("it is back") { await states(proxy) == ["up", "up"] }
        #expect(try await ask(proxy, 5) == Array(repeating: "200", count: 5))
        #expect(requests(backup) == 5 && requests(again) == 5)
        await proxy.stop()
        await backup.stop()
        await again.stop()
    }
}

/// A TCP port that takes no connection any more: its queue is full, and the kernel drops what else comes.
private final class HangingListener: Sendable {
    let port: Int
    private let descriptors: [CInt]

    init() throws {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(listener, address, size) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        try #require(bound)
        port = Int(UInt16(bigEndian: address.sin_port))
        var descriptors = [listener]
        for _ in 1...3 {
            let client = socket(AF_INET, type | CInt(SOCK_NONBLOCK.rawValue), 0)
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) }
            }
            descriptors.append(client)
        }
        self.descriptors = descriptors
    }

    func stop() {
        for descriptor in descriptors { close(descriptor) }
    }
}
