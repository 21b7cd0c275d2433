import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on a unix socket that does what the path of a request asks for, and remembers what it saw.
final class FakeUpstream: Sendable {
    struct Seen: Sendable {
        var requests: [HTTPRequestHead] = []
        var bodyBytes = 0
        var connections = 0
        var closed = 0
        var isHealthy = true
        /// What has come over each connection, as it came, once `keepsBytes`. By number: the address of a channel that is
        /// gone may be another's soon.
        var bytes: [Int: [UInt8]] = [:]
        var keepsBytes = false
    }

    let path: String
    let seen = Mutex(Seen())
    private let channel: any Channel
    private let holder: Holder

    static func start(at path: String) async throws -> FakeUpstream {
        try await start(path: path) {
            try await $0.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }

    static func start(port: Int) async throws -> FakeUpstream {
        try await start(path: "127.0.0.1:\(port)") {
            try await $0.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port).get()
        }
    }

    private static func start(
        path: String, _ bind: (ServerBootstrap) async throws -> any Channel
    ) async throws -> FakeUpstream {
        let holder = Holder()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    holder.children.withLock { $0.append(channel) }
                    try channel.pipeline.syncOperations.addHandler(Recorder(holder))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(FakeUpstreamHandler(holder))
                }
            }
        let upstream = FakeUpstream(path: path, channel: try await bind(bootstrap), holder: holder)
        holder.upstream.withLock { $0 = upstream }
        return upstream
    }

    private init(path: String, channel: any Channel, holder: Holder) {
        self.path = path
        self.holder = holder
        self.channel = channel
    }

    func stop() async {
        try? await channel.close()
    }

    /// Ends as a process does that is killed: nobody listens, and every connection is closed.
    func die() async {
        try? await channel.close()
        for child in holder.children.withLock({ $0 }) { try? await child.close() }
    }

    /// Waits until what it saw satisfies the condition, for up to 10 s.
    func waits(for condition: (Seen) -> Bool) async -> Bool {
        for _ in 0..<1_000 {
            if seen.withLock({ condition($0) }) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Keeps the bytes of a connection before anybody reads them in a lenient way.
    private final class Recorder: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer
        private let holder: Holder
        private let number: Int

        init(_ holder: Holder) {
            self.holder = holder
            number = holder.connections.add(1, ordering: .relaxed).newValue
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            holder.note { seen in
                if seen.keepsBytes { seen.bytes[number, default: []] += unwrapInboundIn(data).readableBytesView }
            }
            context.fireChannelRead(data)
        }
    }

    /// Lets the handlers reach the upstream, which is made after them.
    final class Holder: Sendable {
        let upstream = Mutex<FakeUpstream?>(nil)
        let connections = Atomic<Int>(0)
        let children = Mutex<[any Channel]>([])

        func note(_ change: (inout Seen) -> Void) {
            upstream.withLock { $0 }?.seen.withLock { change(&$0) }
        }

        var isHealthy: Bool { upstream.withLock { $0 }?.seen.withLock { $0.isHealthy } ?? false }
    }
}
