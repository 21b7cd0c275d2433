import NIOCore

/// Closes a connection when what was written before has left, at the end of its pipeline that is next to the socket.
///
/// Hummingbird closes a draining connection as soon as an answer's end has been written, and NIO drops then what the socket
/// has not taken: the last bytes of a large answer to a slow reader. A second close means it, as the end of the drain does.
final class FlushedClose: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var isClosing = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, !isClosing, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        isClosing = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }
}

@available(*, unavailable)
extension FlushedClose: Sendable {}
