import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Loses no request that is on its way on a kept connection when the listener drains: for a moment an idle connection is still
/// served, and each answer from then on tells the client that it is the last (`Connection: close`).
///
/// Before Hummingbird's `HTTPConnectionStateHandler`, which closes an idle connection as soon as it hears of the drain, and
/// another one after its answer.
///
/// - Source: RFC 9112, section 9.6, for the answer; section 9.3.1, for requests that meet a close.
final class LateRequests: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// What a request may take from the client's decision to our socket.
    private static let patience = TimeAmount.seconds(1)

    private var running = 0
    private var isDraining = false
    /// Whether the next handler has heard of the drain.
    private var hasTold = false
    private var timer: Scheduled<Void>?

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard !isDraining else { return }
        isDraining = true
        guard running == 0 else {
            tell(context)
            return
        }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { [self] in tell(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { running += 1 }
        context.fireChannelRead(data)
        // Only now: the next handler knows of the request, and closes after its answer.
        if isDraining, running > 0 { tell(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isDraining && head.status.kind != .informational:
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            return
        case .end: running = max(0, running - 1)
        case .head, .body: break
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    private func tell(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        guard !hasTold else { return }
        hasTold = true
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}

@available(*, unavailable)
extension LateRequests: Sendable {}
