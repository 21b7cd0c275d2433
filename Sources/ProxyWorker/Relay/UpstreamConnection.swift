import Glibc
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

    /// Whether the connection has ended before its upstream read all of the request: nothing was done then.
    ///
    /// - EPIPE: the other side was closed when the request was written.
    /// - ECONNRESET on a unix socket: it was closed with bytes that nobody had read. (Over TCP it may mean anything.)
    /// - Source: Linux, net/unix/af_unix.c, `unix_release_sock` and `unix_stream_sendmsg`.
    private(set) var isUnread = false
    private var isUnix = false

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
        guard head.method != .GET, head.method != .HEAD else {
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            return
        }
        if case .unixDomainSocket? = context.channel.remoteAddress { isUnix = true }
        // A write that fails closes the channel without an error in the pipeline.
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenFailure { [self] error in note(error) }
        context.write(wrapOutboundOut(.head(head)), promise: written)
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
        note(error)
        context.close(promise: nil)
    }

    private func note(_ error: any Error) {
        guard isUnix, let code = (error as? IOError)?.errnoCode else { return }
        if code == EPIPE || code == ECONNRESET { isUnread = true }
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
