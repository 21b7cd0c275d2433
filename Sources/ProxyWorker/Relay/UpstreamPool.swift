import NIOCore
import NIOHTTP1
import NIOPosix

/// The connections of one event loop to one server of an upstream. Client and upstream share the loop, so nothing hops.
///
/// - Reuse: the connection used last is used next. One that idles for 30 s is closed; at most 64 idle.
final class UpstreamPool {
    private static let idleLimit = 64
    private static let idleTime = TimeAmount.seconds(30)

    let endpoint: UpstreamEndpoint
    private let loop: any EventLoop
    private let budget: RelayBudget
    private var idle: [UpstreamConnection] = []
    private var sweeping = false
    private var isClosed = false

    init(endpoint: UpstreamEndpoint, loop: any EventLoop, budget: RelayBudget) {
        self.endpoint = endpoint
        self.budget = budget
        self.loop = loop
    }

    /// Gives a connection to `then`, unless the lease is given up meanwhile: at once when one idles, else when one is made, or
    /// could not be within the time.
    /// - Parameter fresh: whether it must be new.
    func take(
        _ lease: UpstreamLease, fresh: Bool, timeout: TimeAmount,
        then: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        if !fresh {
            while let connection = idle.popLast() {
                guard connection.isActive else { continue }
                then(.success(connection))
                return
            }
        }
        open(timeout: timeout).assumeIsolated().whenComplete { [self] result in
            let connected = Result {
                let connection = try result.get().pipeline.syncOperations.handler(type: UpstreamConnection.self)
                connection.pool = self
                guard connection.isActive else { throw ChannelError.alreadyClosed }
                return connection
            }
            if !lease.isCancelled {
                then(connected)
            } else if case .success(let connection) = connected {
                connection.close()
            }
        }
    }

    /// Takes a connection back: kept when it can carry another request, else closed.
    func giveBack(_ connection: UpstreamConnection) {
        connection.receiver = nil
        guard connection.isReusable, !isClosed, idle.count < Self.idleLimit else {
            connection.close()
            return
        }
        connection.holdsReads = false
        connection.idleSince = .now()
        idle.append(connection)
        sweepLater()
    }

    func forget(_ connection: UpstreamConnection) {
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// Closes what idles, and what is given back later.
    func close() {
        isClosed = true
        let connections = idle
        idle = []
        for connection in connections { connection.close() }
    }

    private func open(timeout: TimeAmount) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: RelayBudget.Allocator(budget))
            .channelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .channelInitializer { [budget] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(
                        ByteToMessageHandler(
                            HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop)
                        ))
                    try pipeline.addHandler(UpstreamConnection(budget))
                }
            }
        return switch endpoint.address {
        case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
        }
    }

    private func sweepLater() {
        guard !sweeping, !idle.isEmpty else { return }
        sweeping = true
        loop.assumeIsolated().scheduleTask(in: Self.idleTime) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        sweeping = false
        let limit = NIODeadline.now() - Self.idleTime + .seconds(1)
        for connection in idle where connection.idleSince <= limit { connection.close() }
        idle.removeAll { $0.idleSince <= limit }
        sweepLater()
    }
}

@available(*, unavailable)
extension UpstreamPool: Sendable {}
