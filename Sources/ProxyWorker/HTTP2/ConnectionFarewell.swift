import NIOCore
import NIOHTTP2

/// Ends an HTTP/2 connection so that no answer is lost on the way.
///
/// - GOAWAY waits until the open streams are done, for two seconds at most. curl 7.88 (Debian 12), which finds GOAWAY and the
///   last answer in one read, takes the answer for cut off.
/// - After GOAWAY the client closes first, within a second. What it still sends (a window update, the acknowledgement of
///   settings) would otherwise meet a closed socket, and the reset may overtake what it has not read yet.
/// - After GOAWAY streams go on for as long as their own limits let them, and NIO refuses new ones (REFUSED_STREAM: clients
///   ask elsewhere), whether the client acknowledges GOAWAY or not. A connection on which none has been open for a while
///   is closed: clients need not answer GOAWAY.
/// - Errors, and clients that have closed their side, are not waited for.
/// - Source: RFC 9113, section 6.8; RFC 9112, section 9.6, for the reset.
final class ConnectionFarewell: ChannelDuplexHandler {
    typealias InboundIn = Any
    typealias InboundOut = Any
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private static let streamPatience = TimeAmount.seconds(2)
    private static let closePatience = TimeAmount.seconds(1)
    /// What separates the last answer from GOAWAY in the client's reads.
    private static let pause = TimeAmount.milliseconds(50)

    /// How long a client that was told to go may keep a connection without a stream.
    private static let idlePatience = TimeAmount.seconds(30)

    private let streams: OpenStreams
    private var goesAway = false
    private var timer: Scheduled<Void>?
    private var closed: EventLoopPromise<Void>?
    private var isQuiescing = false
    private var isOver = false

    init(streams: OpenStreams) {
        self.streams = streams
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            guard !isQuiescing else { return }
            isQuiescing = true
            quiesce(context, deadline: context.eventLoop.now + Self.streamPatience)
            return
        case ChannelEvent.inputClosed: isOver = true
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func quiesce(_ context: ChannelHandlerContext, deadline: NIODeadline) {
        let areDone = streams.areDone(for: Self.pause, firstRequest: HTTP1ServerCodec.firstRequestTime)
        if areDone || context.eventLoop.now >= deadline {
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            return
        }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            quiesce(context, deadline: deadline)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !goesAway, case .goAway = unwrapOutboundIn(data).payload {
            goesAway = true
            timer?.cancel()
            awaitSilence(context)
        }
        context.write(data, promise: promise)
    }

    private func awaitSilence(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.idlePatience) { [self] in
            if streams.areDone(for: Self.idlePatience, firstRequest: Self.idlePatience) {
                context.close(mode: .all, promise: nil)
            } else {
                awaitSilence(context)
            }
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        timer?.cancel()
        guard mode == .all, !isOver else {
            context.close(mode: mode, promise: promise)
            return
        }
        // Whoever closes a second time means it.
        isOver = true
        closed = promise
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closePatience) { [self] in
            closed = nil
            context.close(mode: mode, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream that was on its way when GOAWAY went out: NIO has refused it, and the others go on.
        if let error = error as? NIOHTTP2Errors.StreamError,
            error.baseError is NIOHTTP2Errors.CreatedStreamAfterGoaway
        {
            return
        }
        isOver = true
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        closed?.succeed()
        closed = nil
        context.fireChannelInactive()
    }
}

@available(*, unavailable)
extension ConnectionFarewell: Sendable {}
