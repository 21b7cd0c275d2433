import NIOCore

/// Counts the frames of kinds that HTTP/2 does not define, which NIOHTTP2Handler passes over without end, and ends a connection
/// that sends more than a few.
///
/// - Source: RFC 9113, section 5.5: they are ignored; section 10.5 for what may be done about too many.
final class UnknownFrames: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Excess: Error {}

    /// Some clients send one now and then so that servers stay tolerant (RFC 8701).
    private static let limit = 100
    private static let known = 0x00...0x10
    /// GOAWAY with ENHANCE_YOUR_CALM and no last stream.
    private static let farewell: [UInt8] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11]

    /// Bytes to pass over until the next frame: the preface first.
    private var skip = 24
    /// The beginning of a frame whose first four bytes have not all come.
    private var start: [UInt8] = []
    private var count = 0
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        scan(unwrapInboundIn(data).readableBytesView)
        guard count > Self.limit else {
            context.fireChannelRead(data)
            return
        }
        isOver = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Self.farewell)), promise: nil)
        context.fireErrorCaught(Excess())
    }

    private func scan(_ bytes: ByteBufferView) {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let passed = min(skip, bytes.endIndex - index)
            skip -= passed
            index += passed
            guard skip == 0, index < bytes.endIndex else { return }
            let wanted = min(4 - start.count, bytes.endIndex - index)
            start += bytes[index..<(index + wanted)]
            index += wanted
            guard start.count == 4 else { return }
            // Five more bytes of the frame's header: flags and stream.
            skip = 5 + (Int(start[0]) << 16 | Int(start[1]) << 8 | Int(start[2]))
            if !Self.known.contains(Int(start[3])) { count += 1 }
            start.removeAll(keepingCapacity: true)
        }
    }
}

@available(*, unavailable)
extension UnknownFrames: Sendable {}
