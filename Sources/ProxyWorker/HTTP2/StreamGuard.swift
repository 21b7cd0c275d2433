import NIOCore
import NIOHPACK
import NIOHTTP2

/// Stands between a stream and its codec: sees what the codec drops, and resets a stream without an error.
///
/// - END_STREAM goes with the last frame of an answer, not in an empty one behind it, which is how the codec ends answers.
///   curl, which knows from Content-Length that an answer is complete, else resets each stream before the empty frame is
///   read (RST_STREAM, STREAM_CLOSED): 200 requests later the connection is ended as a flood of resets.
/// - For this each frame waits for the next one or for a flush, whichever comes first.
final class StreamGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// Tells the client that the rest of its body is not wanted, the answer being complete (RFC 9113, section 8.1).
    struct EndRequest {}

    private var seenHead = false
    /// The frame of an answer that is not flushed yet: the end may still come.
    private var held: (frame: HTTP2Frame.FramePayload, promise: EventLoopPromise<Void>?)?

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
        writeHeld(context)
        if event is EndRequest {
            context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: promise)
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    // MARK: The end of an answer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = unwrapOutboundIn(data)
        if let last = held, Self.isOnlyEnd(frame), let ending = Self.ending(last.frame) {
            held = nil
            let both = promise ?? last.promise
            if promise != nil, let first = last.promise { both?.futureResult.cascade(to: first) }
            context.write(wrapOutboundOut(ending), promise: both)
            return
        }
        writeHeld(context)
        if Self.ending(frame) == nil {
            context.write(data, promise: promise)
        } else {
            held = (frame, promise)
        }
    }

    func flush(context: ChannelHandlerContext) {
        writeHeld(context)
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        writeHeld(context)
        context.close(mode: mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held?.promise?.fail(ChannelError.ioOnClosedChannel)
        held = nil
    }

    private func writeHeld(_ context: ChannelHandlerContext) {
        guard let (frame, promise) = held else { return }
        held = nil
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    private static func isOnlyEnd(_ frame: HTTP2Frame.FramePayload) -> Bool {
        guard case .data(let data) = frame else { return false }
        return data.endStream && data.data.readableBytes == 0
    }

    /// The same frame as the last of its stream; nil for one that is that already, or can never be.
    private static func ending(_ frame: HTTP2Frame.FramePayload) -> HTTP2Frame.FramePayload? {
        switch frame {
        case .data(var data) where !data.endStream:
            data.endStream = true
            return .data(data)
        case .headers(var headers) where !headers.endStream:
            headers.endStream = true
            return .headers(headers)
        case .data, .headers, .alternativeService, .goAway, .origin, .ping, .priority, .pushPromise, .rstStream,
            .settings, .windowUpdate:
            return nil
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
