import NIOCore
import NIOPosix
import Synchronization

@testable import ProxyWorker

/// Listens, and takes the first bytes of each client: a TLS client's hello. Then it closes.
final class HelloCatcher: Sendable {
    let port: Int
    private let listener: any Channel
    private let caught: Mutex<[ByteBuffer]>

    static func start() async throws -> HelloCatcher {
        let relay = Relay()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Taker(relay))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let catcher = HelloCatcher(listener)
        relay.catcher.withLock { $0 = catcher }
        return catcher
    }

    private init(_ listener: any Channel) {
        self.listener = listener
        port = listener.localAddress?.port ?? 0
        caught = Mutex([])
    }

    func stop() async {
        try? await listener.close()
    }

    /// The bytes of the client that came last.
    var last: ByteBuffer { caught.withLock { $0.last ?? ByteBuffer() } }

    private final class Relay: Sendable {
        let catcher = Mutex<HelloCatcher?>(nil)
    }

    private final class Taker: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let relay: Relay
        private var records = ClientHelloRecords()

        init(_ relay: Relay) {
            self.relay = relay
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard records.receive(unwrapInboundIn(data)) != .incomplete else { return }
            relay.catcher.withLock { $0 }?.caught.withLock { $0.append(records.received) }
            context.close(promise: nil)
        }
    }
}
