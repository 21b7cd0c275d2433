import NIOCore
import NIOHPACK
import NIOHTTP2

/// Stands between a stream and its codec: sees what the codec drops, and resets a stream without an error.
final class StreamGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// Tells the client that the rest of its body is not wanted, the answer being complete (RFC 9113, section 8.1).
    struct EndRequest {}

    private var seenHead = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !seenHead, case .headers(let frame) = unwrapInboundIn(data) {
            seenHead = true
            guard Self.isPlain(frame.headers) else {
                context.writeAndFlush(wrapOutboundOut(.rstStream(.protocolError)), promise: nil)
                return
            }
        }
        context.fireChannelRead(data)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is EndRequest {
            context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: promise)
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    /// One `:authority`, no Host field that says otherwise, and no Transfer-Encoding, which the codec writes by itself.
    private static func isPlain(_ headers: HPACKHeaders) -> Bool {
        guard !headers.contains(name: "transfer-encoding") else { return false }
        guard let host = headers.first(name: "host") else { return true }
        return headers.first(name: ":authority") == host
    }
}

@available(*, unavailable)
extension StreamGuard: Sendable {}
