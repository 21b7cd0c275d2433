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
    private let connections = Mutex(Connections())

    private struct Connections {
        var tasks: [Int: Task<Void, Never>] = [:]
        var count = 0
        var isDraining = false
    }

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
            watch(try await bootstrap.withBoundSocket(descriptor).get())
        }
    }

    /// Binds and serves an address.
    package func start(address: ListenAddress) async throws {
        switch address {
        case .unix(let path):
            watch(try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get())
        case .tcp(let host, let port):
            watch(try await bootstrap.bind(host: host, port: port).get())
        }
    }

    /// Stops accepting, answers what still comes on the connections there are with `Connection: close`, closes idle ones a
    /// moment later, and lets running requests finish.
    /// - Parameter within: how long requests may go on; nil: for as long as it takes. Then, or when the task is cancelled, all
    ///   connections are closed.
    package func drain(within: Duration?) async {
        let promise = group.next().makePromise(of: Void.self)
        connections.withLock { $0.isDraining = true }
        quiescing.initiateShutdown(promise: promise)
        let deadline = within.map { group.next().scheduleTask(in: TimeAmount($0)) { promise.succeed() } }
        await withTaskCancellationHandler {
            try? await promise.futureResult.get()
        } onCancel: {
            promise.succeed()
        }
        deadline?.cancel()
        for task in connections.withLock({ Array($0.tasks.values) }) { task.cancel() }
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
            .childChannelInitializer { [self] channel in prepare(channel) }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4_096, initial: 16_384, maximum: 65_536))
    }

    /// As `HTTP1Channel.setup` has it, but for the parts of a body that may wait for whoever reads it: that waits for ten of
    /// up to 64 KiB, which made a megabyte of each upload.
    private func prepare(_ channel: any Channel) -> EventLoopFuture<Void> {
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
            serve(
                try Connection(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(
                        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                        isOutboundHalfClosureEnabled: true)))
        }
    }

    /// The bridge from NIO to tasks: one for each connection until it closes. They begin here, not where a sequence of accepted
    /// connections is read: NIO ends the process for one that nobody reads any more once the listener closes.
    private func serve(_ connection: Connection) {
        connections.withLock { connections in
            connections.count += 1
            let number = connections.count
            connections.tasks[number] = Task {
                await channel.handle(value: connection, logger: logger)
                self.connections.withLock { $0.tasks[number] = nil }
            }
        }
    }

    private func watch(_ listening: any Channel) {
        listening.closeFuture.whenComplete { [self] _ in
            guard !connections.withLock({ $0.isDraining }) else { return }
            logger.error("stopped accepting connections")
        }
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
