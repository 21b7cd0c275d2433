import Glibc
import HTTPService
import Hummingbird
import Logging
import NIOPosix
import Testing

@testable import HTTPService

@Suite("An HTTP listener")
struct HTTPListenerTests {
    private func responder() -> some HTTPResponder<ServiceRequestContext> {
        let router = Router(context: ServiceRequestContext.self)
        router.add(middleware: AccessLogMiddleware())
        router.get("id") { _, context in "\(context.requestID) \(context.remoteAddress)" }
        return router.buildResponder()
    }

    /// Closed in the processes that other tests start meanwhile: one that is inherited goes on listening.
    private let streamType = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    /// A listening unix socket, as a supervisor would bind it, and its path.
    private func listeningSocket() throws -> (descriptor: CInt, path: String) {
        let path = "/tmp/dockmaster-listener-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        let descriptor = socket(AF_UNIX, streamType, 0)
        try #require(descriptor >= 0)
        let bound = withAddress(path) { bind(descriptor, $0, $1) }
        try #require(bound == 0 && listen(descriptor, 16) == 0)
        return (descriptor, path)
    }

    private func withAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            for (index, byte) in path.utf8.enumerated() { bytes[index] = byte }
        }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    private func canConnect(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, streamType, 0)
        defer { close(descriptor) }
        return withAddress(path) { connect(descriptor, $0, $1) } == 0
    }

    /// Blocks a thread of its own: the listener needs those of the concurrency pool.
    private func exchange(_ path: String, _ request: String) async throws -> String {
        try await NIOThreadPool.singleton.runIfActive { try blockingExchange(path, request) }
    }

    private func blockingExchange(_ path: String, _ request: String) throws -> String {
        let descriptor = socket(AF_UNIX, streamType, 0)
        defer { close(descriptor) }
        try #require(withAddress(path) { connect(descriptor, $0, $1) } == 0)
        _ = request.withCString { write(descriptor, $0, request.utf8.count) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("serves a socket that it inherits, believes the proxy's headers, and ends when drained")
    func inherited() async throws {
        let (descriptor, path) = try listeningSocket()
        defer { unlink(path) }
        let listener = HTTPListener(responder: responder(), logger: Logger(label: "test"))
        try await listener.start(descriptors: [descriptor])
        let answer = try await exchange(
            path,
            "GET /id HTTP/1.1\r\nHost: x\r\nX-Request-Id: abc\r\nX-Real-IP: 192.0.2.7\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.hasSuffix("abc 192.0.2.7"))
        await listener.drain(within: .seconds(5))
        // A process that another test is about to start has the socket until its exec.
        let deadline = ContinuousClock.now + .seconds(10)
        while canConnect(path), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!canConnect(path))
    }

    /// A connection whose requests are sent one by one.
    private func converse(_ path: String, _ body: @escaping @Sendable (CInt) throws -> Void) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            let descriptor = socket(AF_UNIX, streamType, 0)
            defer { close(descriptor) }
            try #require(withAddress(path) { connect(descriptor, $0, $1) } == 0)
            try body(descriptor)
        }
    }

    private static func ask(_ descriptor: CInt) -> String {
        _ = "GET /id HTTP/1.1\r\nHost: x\r\n\r\n".withCString { write(descriptor, $0, strlen($0)) }
        return receive(descriptor)
    }

    private static func receive(_ descriptor: CInt) -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("answers a request that comes as it is drained, as the last of its connection, and closes idle ones later")
    func late() async throws {
        let (descriptor, path) = try listeningSocket()
        defer { unlink(path) }
        let listener = HTTPListener(responder: responder(), logger: Logger(label: "test"))
        try await listener.start(descriptors: [descriptor])
        let (draining, drain) = AsyncStream.makeStream(of: Void.self)
        async let idle: Void = converse(path) { descriptor in
            #expect(Self.ask(descriptor).hasPrefix("HTTP/1.1 200 OK"))
            drain.yield()
            #expect(Self.receive(descriptor) == "", "closed without a word")
        }
        async let late: Void = converse(path) { descriptor in
            let first = Self.ask(descriptor)
            #expect(first.hasPrefix("HTTP/1.1 200 OK") && !first.lowercased().contains("connection: close"))
            drain.yield()
            // The listener is gone once nobody can connect; this connection is still served.
            while canConnect(path) { usleep(1_000) }
            let last = Self.ask(descriptor)
            #expect(
                last.hasPrefix("HTTP/1.1 200 OK") && last.lowercased().contains("\r\nconnection: close\r\n"), "\(last)")
            #expect(Self.receive(descriptor) == "")
        }
        var ready = 0
        for await _ in draining {
            ready += 1
            if ready == 2 { break }
        }
        await listener.drain(within: nil)
        _ = try await (idle, late)
    }

    @Test("waits for a running request for as long as it takes, until the drain is given up")
    func cancelled() async throws {
        let path = "/tmp/dockmaster-endless-\(getpid()).sock"
        defer { unlink(path) }
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let router = Router(context: ServiceRequestContext.self)
        router.get("endless") { _, _ in
            ask.yield()
            try await Task.sleep(for: .seconds(3_600))
            return "never"
        }
        let listener = HTTPListener(responder: router.buildResponder(), logger: Logger(label: "test"))
        try await listener.start(address: .unix(path: path))
        async let answer = exchange(path, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        for await _ in asked { break }
        let drain = Task { await listener.drain(within: nil) }
        drain.cancel()
        await drain.value
        #expect(try await answer == "")
    }

    @Test("binds a socket of its own and makes an id for a request that has none")
    func own() async throws {
        let path = "/tmp/dockmaster-own-\(getpid()).sock"
        defer { unlink(path) }
        let listener = HTTPListener(responder: responder(), logger: Logger(label: "test"))
        try await listener.start(address: .unix(path: path))
        let answer = try await exchange(path, "GET /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let id = answer.split(separator: "\r\n\r\n").last.map(String.init) ?? ""
        #expect(id.prefix(32).allSatisfy(\.isHexDigit) && id.count >= 32)
        await listener.drain(within: .seconds(5))
    }
}
