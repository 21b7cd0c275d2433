import NIOCore
import NIOPosix

/// Accepts connections on sockets that were passed on, or on addresses of its own, and spreads them over the event loops.
final class ProxyListener: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [ObjectIdentifier: NIOLoopBound<LoopServices>]

    init(group: MultiThreadedEventLoopGroup, loops: [NIOLoopBound<LoopServices>]) {
        self.group = group
        self.loops = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
    }

    /// Serves a listening socket, which it owns from here on.
    func serve(descriptor: CInt, tls: Bool) async throws -> any Channel {
        try await bootstrap(tls: tls).withBoundSocket(descriptor).get()
    }

    func serve(host: String, port: Int, tls: Bool) async throws -> any Channel {
        try await bootstrap(tls: tls).bind(host: host, port: port).get()
    }

    private func bootstrap(tls: Bool) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 2_048, initial: 4_096, maximum: 128 << 10)
            )
            .childChannelInitializer { [loops] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let services = loops[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.operationUnsupported
                    }
                    try ConnectionSetup.accept(channel, tls: tls, services: services.value)
                }
            }
    }
}
