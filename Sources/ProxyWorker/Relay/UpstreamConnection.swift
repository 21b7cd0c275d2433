import NIOCore
import NIOHTTP1

/// A connection to an upstream, at the end of its pipeline: one request at a time, kept for the next one.
///
/// - Back-pressure: while `holdsReads`, nothing more is read from the upstream.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Who the answer goes to; nil while it waits in the pool.
    var receiver: (any UpstreamReceiver)? {
        didSet {
            if oldValue == nil, receiver != nil { budget.enter() }
            if oldValue != nil, receiver == nil { budget.leave() }
        }
    }
    weak var pool: UpstreamPool?
    /// How many requests it has carried.
    private(set) var uses = 0
    /// Since when it waits in the pool.
    var idleSince = NIODeadline.now()

    private let budget: RelayBudget
    private var context: ChannelHandlerContext?
    private var requestEnded = false
    private var answerKeepsAlive = false
    private var answerEnded = false
    private var problem: String?
    private var heldRead = false

    /// Whether the channel takes more without its buffer growing beyond the watermark.
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var isActive: Bool { context?.channel.isActive ?? false }
    /// Whether request and answer are complete and the upstream keeps the connection.
    var isReusable: Bool { isActive && requestEnded && answerEnded && answerKeepsAlive }

    /// Whether the answer must wait because the client cannot take it.
    var holdsReads = false {
        didSet {
            guard !holdsReads, heldRead, let context else { return }
            heldRead = false
            context.read()
        }
    }

    init(_ budget: RelayBudget) {
        self.budget = budget
    }

    deinit {
        if receiver != nil { budget.leave() }
    }

    func send(_ head: HTTPRequestHead) {
        uses += 1
        requestEnded = false
        answerEnded = false
        answerKeepsAlive = false
        guard let context else { return }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    func send(_ body: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    /// Ends the request, once: a second end would be the beginning of another request to the upstream.
    func sendEnd() {
        guard !requestEnded else { return }
        requestEnded = true
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    /// Ends the connection at once; its receiver hears nothing more.
    func close() {
        receiver = nil
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads { heldRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let receiver else {
            // Nobody has asked: whatever the upstream says now would be taken for the next answer.
            context.close(promise: nil)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            answerKeepsAlive = head.isKeepAlive
            receiver.upstreamBegan(head)
        case .body(let body):
            receiver.upstreamSent(body)
        case .end:
            answerEnded = true
            receiver.upstreamEnded()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        receiver?.upstreamPaused()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        receiver?.upstreamWritabilityChanged(isWritable: context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        problem = "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool?.forget(self)
        let asked = receiver
        receiver = nil
        asked?.upstreamFailed(problem ?? "it closed the connection")
        context.fireChannelInactive()
    }
}

@available(*, unavailable)
extension UpstreamConnection: Sendable {}
