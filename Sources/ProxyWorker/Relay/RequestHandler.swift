import BundleConfig
import BundleLog
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import TextFormats

/// Answers the requests of an HTTP/1 connection, one after the other, or the one request of an HTTP/2 stream.
///
/// - Back-pressure: the client is read only while the upstream takes what it sends, and the upstream only while the client
///   does. What is held in memory is one read and one write buffer in each direction.
/// - Early answers: when the upstream answers before it has read the body, the answer is passed on at once and the rest of
///   the body is read and dropped, so that the client sees the answer and not a reset.
/// - Broken answers: when the upstream fails within an answer, the client's connection or stream is cut, never ended
///   as if the answer were complete.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let services: LoopServices
    let connection: ClientConnection
    var exchange: Exchange?
    private(set) var context: ChannelHandlerContext?
    private var heldRead = false
    var timer: Scheduled<Void>?
    /// The bytes that the connection's buffer is held to; 0 before its first answer.
    var bufferLimit = 0

    /// Whether reading from the client has to wait for the upstream.
    var holdsReads = false {
        didSet {
            guard !holdsReads, oldValue else { return }
            if let exchange { exchange.pace.begin(bytes: exchange.bytesIn) }
            readIfHeld()
        }
    }

    /// Whether reading has to wait because the client has sent as much as it may for now.
    private var isThrottled = false

    private func readIfHeld() {
        guard !holdsReads, !isThrottled, heldRead, let context else { return }
        heldRead = false
        context.read()
    }

    init(services: LoopServices, connection: ClientConnection) {
        self.services = services
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        self.context = nil
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads || isThrottled { heldRead = true } else { context.read() }
    }

    // MARK: The client's side

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin(head)
        case .body(let buffer):
            if let exchange { receive(buffer, exchange) }
        case .end:
            if let exchange { receiveEnd(exchange) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.upstream?.flush()
        context.fireChannelReadComplete()
    }

    private func begin(_ head: HTTPRequestHead) {
        let exchange = Exchange(head: head, state: services.current.load(), requestID: services.requestIDs.next())
        self.exchange = exchange
        watch(exchange)
        guard connection.isHTTP2 else {
            exchange.framing = BodyFraming(admitted: head.headers)
            dispatch(exchange)
            return
        }
        do throws(RequestRefusal) {
            exchange.framing = try RequestGuard.admit(
                &exchange.head, bodyLimit: exchange.state.configuration.limits.body.bytes)
        } catch {
            refuse(error, exchange)
            return
        }
        // One that waits for `100 Continue` has a body, and sends nothing of it before.
        if exchange.framing != .stream || exchange.awaitsContinue { dispatch(exchange) }
    }

    private func receive(_ buffer: ByteBuffer, _ exchange: Exchange) {
        exchange.note(buffer)
        exchange.progress = .now()
        if exchange.mode == .undecided { dispatch(exchange) }
        let limit = exchange.state.configuration.limits.body.bytes
        if limit > 0, exchange.bytesIn > limit, exchange.answer == .none {
            refuse(RequestRefusal(413, "The body is larger than the limit of \(limit) bytes"), exchange)
        }
        guard exchange.mode == .relay, exchange.answer != .complete else { return }
        throttle(buffer.readableBytes, exchange)
        if let upstream = exchange.upstream {
            upstream.send(buffer)
            if !upstream.isWritable { holdsReads = true }
        } else {
            exchange.queued.append(buffer)
            holdsReads = true
        }
    }

    /// Holds an upload to `limits.upload_rate`, with a second's worth in advance.
    private func throttle(_ count: Int, _ exchange: Exchange) {
        let rate = exchange.state.configuration.limits.uploadRate.bytes
        guard rate > 0, let context else { return }
        let now = NIODeadline.now()
        let time = TimeAmount.nanoseconds(Int64(Double(count) / Double(rate) * 1e9))
        exchange.uploadDue = max(exchange.uploadDue, now - .seconds(1)) + time
        guard exchange.uploadDue > now, !isThrottled else { return }
        isThrottled = true
        context.eventLoop.assumeIsolated().scheduleTask(deadline: exchange.uploadDue) { [weak self] in
            guard let self else { return }
            isThrottled = false
            if let exchange = self.exchange {
                exchange.progress = .now()
                exchange.pace.begin(bytes: exchange.bytesIn)
            }
            readIfHeld()
        }
    }

    private func receiveEnd(_ exchange: Exchange) {
        exchange.isComplete = true
        exchange.progress = .now()
        if exchange.mode == .undecided {
            exchange.framing = .none
            dispatch(exchange)
            return
        }
        if exchange.answer == .complete {
            self.exchange = nil
        } else if exchange.mode == .relay {
            exchange.upstream?.sendEnd()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable, let exchange { watchReader(exchange, context) }
        if context.channel.isWritable, let exchange {
            exchange.progress = .now()
            exchange.upstream?.holdsReads = false
            exchange.documents?.resume()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, let exchange, !exchange.isComplete {
            abandon(exchange, "the client closed the connection within its request")
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let refusal = error as? RequestRefusal {
            refuseUnparsed(refusal)
        } else if let exchange {
            abandon(exchange, "the client went away")
        } else {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        if let exchange { abandon(exchange, "the client went away") }
        context.fireChannelInactive()
    }

    /// The codec could not read a request, or the body of the one in hand.
    private func refuseUnparsed(_ refusal: RequestRefusal) {
        if let exchange {
            if exchange.answer == .none { refuse(refusal, exchange) } else { abandon(exchange, refusal.problem) }
            return
        }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "-")
        let exchange = Exchange(head: head, state: services.current.load(), requestID: services.requestIDs.next())
        exchange.isComplete = true
        self.exchange = exchange
        services.figures.refuse(.malformed)
        refuse(refusal, exchange)
    }

    // MARK: Ends

    /// Gives up: the upstream learns at once, and the client's connection or stream is cut.
    func abandon(_ exchange: Exchange, _ problem: String) {
        guard self.exchange === exchange else { return }
        self.exchange = nil
        exchange.lease?.cancel()
        exchange.documents?.stop()
        // It holds the file and knows this exchange: each would keep the other.
        exchange.documents = nil
        exchange.upstream?.close()
        if exchange.answer != .complete {
            exchange.problem = exchange.problem ?? problem
            if exchange.answer == .none { exchange.status = 499 }
            log(exchange)
        }
        if exchange.head.version == .http1_0 { reset() }
        context?.close(promise: nil)
    }

    /// An HTTP/1.0 answer ends with its connection; a reset, without TLS's farewell, tells that this one is not complete.
    private func reset() {
        guard let context else { return }
        (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in }
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        }
    }

    /// Ends the answer. The next request may begin before this returns.
    func finish(_ exchange: Exchange) {
        guard let context, exchange.answer != .complete else { return }
        exchange.answer = .complete
        log(exchange)
        if exchange.isComplete { self.exchange = nil }
        holdsReads = false
        guard !exchange.isComplete, connection.isHTTP2 else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            return
        }
        // Not before the answer has left: a reset drops what of it still waits for its window or for a flush.
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [weak self] in
            guard let self, !exchange.isComplete else { return }
            self.context?.triggerUserOutboundEvent(StreamGuard.EndRequest(), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    private func log(_ exchange: Exchange) {
        let path = exchange.target?.path ?? Self.withoutQuery(exchange.head.uri)
        var record = record(exchange, path: path)
        record.user = exchange.user
        services.figures.note(record, route: exchange.routeName)
        guard AccessLog.isOn(exchange.status) else { return }
        if path == "/healthz", exchange.status == 200, BundleLog.level > .debug { return }
        if exchange.mode == .relay {
            record.repository = RequestIdentity.repository(path: path)
            if exchange.status < 400, let field = exchange.head.headers.first(name: "authorization") {
                record.user = RequestIdentity.user(authorization: field)
            }
        }
        services.log.write(record.line(time: UTCTime.now().rfc3339Microseconds))
    }

    private func record(_ exchange: Exchange, path: String) -> AccessRecord {
        AccessRecord(
            requestID: exchange.requestID, remote: connection.remote, method: exchange.head.method.rawValue, path: path,
            status: exchange.status, bytesIn: exchange.bytesIn, bytesOut: exchange.bytesOut,
            microseconds: Int((NIODeadline.now() - exchange.began).nanoseconds / 1_000),
            upstream: exchange.asked?.name, isUpstreamsFault: exchange.isUpstreamsFault,
            upstreamMicroseconds: exchange.upstreamTook.map { Int($0.nanoseconds / 1_000) },
            tls: connection.tls, client: connection.client.map { $0.name ?? $0.fingerprint },
            httpProtocol: connection.isHTTP2 ? "HTTP/2" : exchange.head.version == .http1_0 ? "HTTP/1.0" : "HTTP/1.1",
            userAgent: exchange.head.headers.first(name: "user-agent"), problem: exchange.problem)
    }

    private static func withoutQuery(_ target: String) -> String {
        String(target.prefix { $0 != "?" })
    }
}

@available(*, unavailable)
extension RequestHandler: Sendable {}
