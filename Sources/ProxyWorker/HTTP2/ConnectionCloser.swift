import NIOCore
import NIOHTTP2

/// Ends an HTTP/2 connection on an error of the connection itself, or when the client has closed its side.
///
/// NIOHTTP2Handler has sent its GOAWAY by then.
final class ConnectionCloser: ChannelInboundHandler {
    typealias InboundIn = Any

    private let services: LoopServices
    private var hasFailed = false

    init(services: LoopServices) {
        self.services = services
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that goes away without TLS's farewell is none.
        let isViolation = error is any NIOHTTP2Error || error is UnknownFrames.Excess
        if isViolation, !hasFailed {
            hasFailed = true
            services.figures.refuse(.http2)
        }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

@available(*, unavailable)
extension ConnectionCloser: Sendable {}
