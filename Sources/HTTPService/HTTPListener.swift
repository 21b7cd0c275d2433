import BundleLog
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
package import NIOPosix
import Synchronization
import TextFormats

/// Serves a Hummingbird responder over HTTP/1.1 on inherited sockets, or on an address of its own.
///
/// Hummingbird's own server binds by itself; this one adopts the supervisor's sockets, so that a worker's restart
/// refuses no connection: the kernel queues them meanwhile.
package final class HTTPListener: Sendable {
    package typealias Context = ServiceRequestContext

    /// Bytes of one header, and of all of a request.
    private static let headerLimit = 64 << 10

    private let channel: HTTP1Channel
    private let idleTimeout: Duration
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let quiescing: ServerQuiescingHelper
    private let connections = Mutex<[Task<Void, Never>]>([])

    /// - Parameter idleTimeout: how long a kept-alive connection may wait for its next request.
    package init(
        responder: some HTTPResponder<ServiceRequestContext>, idleTimeout: Duration = .seconds(120), logger: Logger,
        group: MultiThreadedEventLoopGroup = .singleton
    ) {
        self.idleTimeout = idleTimeout
        self.logger = logger
        self.group = group
        quiescing = ServerQuiescingHelper(group: group)
        channel = HTTP1Channel(
            responder: { request, writer, channel in
                try await Self.answer(request, writer, channel, responder: responder, logger: logger)
            })
    }

    /// Serves the sockets that were passed on. They are owned by the listener from here on.
    package func start(descriptors: [CInt]) async throws {
        for descriptor in descriptors {
            serve(
                try await bootstrap.bind(descriptor, childChannelInitializer: prepare))
        }
    }

    /// Binds and serves an address.
    package func start(address: ListenAddress) async throws {
        switch address {
        case .unix(let path):
            serve(
                try await bootstrap.bind(
                    unixDomainSocketPath: path, cleanupExistingSocketFile: true, childChannelInitializer: prepare))
        case .tcp(let host, let port):
            serve(try await bootstrap.bind(host: host, port: port, childChannelInitializer: prepare))
        }
    }

    /// Stops accepting, answers what still comes on the connections there are with `Connection: close`, closes idle ones a
    /// moment later, and lets running requests finish.
    /// - Parameter within: how long requests may go on; nil: for as long as it takes. Then, or when the task is cancelled, all
    ///   connections are closed.
    package func drain(within: Duration?) async {
        let promise = group.next().makePromise(of: Void.self)
        quiescing.initiateShutdown(promise: promise)
        let deadline = within.map { group.next().scheduleTask(in: TimeAmount($0)) { promise.succeed() } }
        await withTaskCancellationHandler {
            try? await promise.futureResult.get()
        } onCancel: {
            promise.succeed()
        }
        deadline?.cancel()
        for task in connections.withLock({ $0 }) { task.cancel() }
    }

    private typealias Connection = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    private var bootstrap: ServerBootstrap {
        let quiescing = quiescing
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4_096, initial: 16_384, maximum: 65_536))
    }

    /// As `HTTP1Channel.setup` has it, but for the parts of a body that may wait for whoever reads it: that waits for ten of
    /// up to 64 KiB, which made a megabyte of each upload.
    private var prepare: @Sendable (any Channel) -> EventLoopFuture<Connection> {
        { [idleTimeout, logger] channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                var limits = NIOHTTPDecoderLimitConfiguration()
                limits.maxHeaderFieldSize = Self.headerLimit
                limits.maxHeaderListSize = Self.headerLimit
                try pipeline.addHandler(FlushedClose())
                try pipeline.configureHTTPServerPipeline(
                    withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                    withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
                try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                try pipeline.addHandler(LateRequests())
                try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
                return try Connection(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                        isOutboundHalfClosureEnabled: true))
            }
        }
    }

    /// The bridge from NIO to tasks: one task accepts, a child task serves each connection until it closes.
    private func serve(_ listening: NIOAsyncChannel<Connection, Never>) {
        let task = Task { [channel, logger] in
            await withDiscardingTaskGroup { group in
                do {
                    try await listening.executeThenClose { inbound in
                        for try await connection in inbound {
                            group.addTask { await channel.handle(value: connection, logger: logger) }
                        }
                    }
                } catch is CancellationError {
                    group.cancelAll()
                } catch {
                    logger.error("stopped accepting connections", metadata: [LogField.error: "\(error)"])
                }
                if Task.isCancelled { group.cancelAll() }
            }
        }
        connections.withLock { $0.append(task) }
    }

    @concurrent private static func answer(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel,
        responder: some HTTPResponder<ServiceRequestContext>, logger: Logger
    ) async throws {
        let context = ServiceRequestContext(source: .init(channel: channel, logger: logger))
        var request = request
        if ContinuedBody.isExpected(by: request) {
            request.body = RequestBody(asyncSequence: ContinuedBody(body: request.body, channel: channel))
        }
        var response: Response
        do {
            response = try await responder.respond(to: request, context: context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            response = Response(status: .internalServerError)
        }
        if response.headers[.date] == nil { response.headers[.date] = HTTPDate.now() }
        try await writer.write(response: response.head, body: response.body)
    }
}
