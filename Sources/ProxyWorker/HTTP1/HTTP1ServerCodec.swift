import NIOCore
import NIOHTTP1

/// Turns bytes into requests and answers into bytes, one request at a time.
///
/// - Strictness: see `RequestParser`. A refused request goes on as the error `RequestRefusal`, after which nothing more is
///   read from the connection.
/// - Pipelining: the next request is parsed when the answer before it has been written; until then its bytes wait, and
///   reading stops when some do.
/// - Framing: an answer without Content-Length is chunked for HTTP/1.1 and ends with the connection for HTTP/1.0.
/// - Copies: small pieces are put together into one write, and so into one TLS record; large ones pass as they are.
/// - Timeouts: `idle` between requests, `header` from a request's first byte to the end of its head.
final class HTTP1ServerCodec: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = ByteBuffer

    /// The most that is copied to be joined with what stands before it.
    private static let joined = 16 << 10 - 512

    private let limits: HTTP1Limits
    private var parser: RequestParser
    private var serializer = ResponseSerializer()
    /// How long the rest of a body may take that nobody wants any more, the answer having been given.
    private static let drainTime = TimeAmount.seconds(30)
    /// How long a refused client may go on sending.
    private static let lingerTime = TimeAmount.seconds(2)
    /// Bytes of an answer that wait for a flush or for more.
    private var pending = ByteBuffer()
    /// How long a connection that has just come about may take for its request once the proxy drains.
    static let firstRequestTime = TimeAmount.milliseconds(500)
    private var hasBegun = false
    private var refused = false
    private var closing = false
    /// Whether the answer says that the client was too slow.
    private var isTimedOut = false
    /// Whether a request has been handed on whose answer is not complete.
    private var busy = false
    /// Whether the request in hand has been read in full.
    private var requestComplete = false
    private var parsing = false
    private var heldRead = false
    private var inputClosed = false
    private var deadline: NIODeadline
    private var timer: Scheduled<Void>?
    /// When the timer fires.
    private var due = NIODeadline.distantFuture
    private var context: ChannelHandlerContext?

    init(limits: HTTP1Limits) {
        self.limits = limits
        parser = RequestParser(headLimit: limits.headers, bodyLimit: limits.body)
        deadline = .now() + limits.idleTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        arm(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !refused else { return }
        if parser.isIdle, !busy { deadline = .now() + limits.headerTimeout }
        parser.append(unwrapInboundIn(data))
        parse(context)
        // Only for a head that does not come in one piece: the timer may be set for an idle connection's time.
        if !busy, parser.isWithinHead, deadline < due { arm(context) }
    }

    private func parse(_ context: ChannelHandlerContext) {
        guard !parsing else { return }
        parsing = true
        defer { parsing = false }
        do throws(RequestRefusal) {
            while !refused, let event = try parser.next() {
                switch event {
                case .head(let head, _):
                    busy = true
                    hasBegun = true
                    requestComplete = false
                    serializer.begin(head)
                    context.fireChannelRead(wrapInboundOut(.head(head)))
                case .body(let buffer):
                    context.fireChannelRead(wrapInboundOut(.body(buffer)))
                case .end:
                    requestComplete = true
                    context.fireChannelRead(wrapInboundOut(.end(nil)))
                    beginNextIfDone()
                }
            }
        } catch {
            refuse(error, context)
        }
    }

    private func refuse(_ refusal: RequestRefusal, _ context: ChannelHandlerContext) {
        refused = true
        closing = true
        if !busy { serializer.begin(nil) }
        busy = true
        context.fireErrorCaught(refusal)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            closing = true
            guard !busy, parser.isIdle else { break }
            if hasBegun {
                context.close(promise: nil)
            } else {
                // The client was let in and is about to ask: to close now would be to refuse it.
                deadline = .now() + Self.firstRequestTime
                arm(context)
            }
        case ChannelEvent.inputClosed:
            inputClosed = true
            if !busy { context.close(promise: nil) }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Holds reading back while bytes of a later request wait.
    func read(context: ChannelHandlerContext) {
        if busy, requestComplete, parser.buffered > 0 {
            heldRead = true
        } else {
            context.read()
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isTimedOut = head.status == .requestTimeout
            serializer.write(head, keepAlive: !closing && !inputClosed, into: &pending)
            if !serializer.keepsAlive, head.status.code >= 200 { closing = true }
            promise?.succeed()
        case .body(.byteBuffer(let buffer)):
            write(body: buffer, context, promise)
        case .body(.fileRegion):
            promise?.fail(ChannelError.operationUnsupported)
        case .end:
            serializer.end(into: &pending)
            busy = false
            if !requestComplete {
                deadline = .now() + (isTimedOut ? Self.lingerTime : Self.drainTime)
                if deadline < due { arm(context) }
            }
            end(context, promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        if pending.readableBytes > 0 { writePending(context, nil) }
        context.flush()
    }

    private func write(body: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        guard serializer.hasBody, body.readableBytes > 0 else {
            promise?.succeed()
            return
        }
        serializer.beginBody(count: body.readableBytes, into: &pending)
        if pending.readableBytes + body.readableBytes <= Self.joined {
            pending.writeImmutableBuffer(body)
            serializer.endBody(into: &pending)
            promise?.succeed()
        } else {
            if pending.readableBytes > 0 { writePending(context, nil) }
            context.write(wrapOutboundOut(body), promise: promise)
            serializer.endBody(into: &pending)
        }
    }

    private func writePending(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let bytes = pending
        pending = ByteBuffer()
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    private func end(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        if pending.readableBytes > 0 {
            writePending(context, promise)
        } else {
            promise?.succeed()
        }
        context.flush()
        beginNextIfDone()
    }

    /// Goes on to the next request, or closes, once request and answer are both complete.
    private func beginNextIfDone() {
        guard !busy, requestComplete || refused, let context else { return }
        if refused, !inputClosed {
            linger(context)
            return
        }
        if closing || (inputClosed && parser.buffered == 0) {
            context.close(promise: nil)
            return
        }
        requestComplete = false
        parser.beginNext()
        deadline = .now() + (parser.isIdle ? limits.idleTimeout : limits.headerTimeout)
        parse(context)
        if heldRead, !(busy && requestComplete && parser.buffered > 0) {
            heldRead = false
            context.read()
        }
        if inputClosed, !busy { context.close(promise: nil) }
    }

    /// Says that nothing more comes, and drops what the client still sends, for a while: were the socket closed with bytes
    /// unread, the client would see a reset in place of the answer.
    private func linger(_ context: ChannelHandlerContext) {
        deadline = .now() + Self.lingerTime
        arm(context)
        context.close(mode: .output, promise: nil)
    }

    // MARK: Time

    /// One timer that is set again when it fires, however often the deadline has moved.
    private func arm(_ context: ChannelHandlerContext) {
        timer?.cancel()
        due = busy ? .now() + limits.headerTimeout : max(deadline, .now() + .milliseconds(1))
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in self?.check() }
    }

    private func check() {
        guard let context, context.channel.isActive else { return }
        if !busy, NIODeadline.now() >= deadline {
            if parser.isWithinHead, !refused {
                refuse(RequestRefusal(408, "The request's headers did not arrive in time"), context)
            } else {
                context.close(promise: nil)
            }
            return
        }
        arm(context)
    }
}

@available(*, unavailable)
extension HTTP1ServerCodec: Sendable {}
