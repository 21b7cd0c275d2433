import NIOCore
import NIOHTTP1

/// One question to the auth worker: whose are these credentials?
final class SignInQuestion: UpstreamReceiver {
    private static let timeout = TimeAmount.seconds(30)
    private static let bodyLimit = 64 << 10

    private unowned let services: LoopServices
    private let upstream: Upstream
    private let head: HTTPRequestHead
    private let deadline: NIODeadline
    private var then: ((SignInVerdict) -> Void)?
    private var lease: UpstreamLease?
    private var connection: UpstreamConnection?
    private var timer: Scheduled<Void>?
    private var answer: HTTPResponseHead?
    private var body = ByteBuffer()

    /// - Parameters:
    ///   - head: of the request, which has no body.
    ///   - patience: how long the worker may be away, as it is while it restarts.
    init(
        _ services: LoopServices, _ upstream: Upstream, _ head: HTTPRequestHead, patience: TimeAmount,
        then: @escaping (SignInVerdict) -> Void
    ) {
        self.services = services
        self.upstream = upstream
        self.head = head
        self.then = then
        deadline = .now() + patience
    }

    func ask() {
        lease(fresh: false)
        guard then != nil else { return }
        timer = services.loop.assumeIsolated().scheduleTask(in: Self.timeout) { [self] in
            finish(.unavailable("it did not answer within \(Self.timeout.nanoseconds / 1_000_000_000) s"))
        }
    }

    private func lease(fresh: Bool) {
        let lease = services.dialer.lease(upstream, fresh: fresh, deadline: deadline) { [self] _, _, result in
            switch result {
            case .success(let connection): send(on: connection)
            case .failure(let error): finish(.unavailable("cannot connect: \(error)"))
            }
        }
        if connection == nil { self.lease = lease }
    }

    private func send(on connection: UpstreamConnection) {
        guard then != nil else {
            connection.close()
            return
        }
        lease = nil
        self.connection = connection
        connection.receiver = self
        connection.send(head)
        connection.sendEnd()
    }

    private func finish(_ verdict: SignInVerdict) {
        guard let then else { return }
        self.then = nil
        timer?.cancel()
        timer = nil
        lease?.cancel()
        lease = nil
        let asked = connection
        connection = nil
        if let asked, asked.isReusable, let pool = asked.pool { pool.giveBack(asked) } else { asked?.close() }
        then(verdict)
    }

    func upstreamBegan(_ head: HTTPResponseHead) {
        answer = head
    }

    func upstreamSent(_ body: ByteBuffer) {
        self.body.writeImmutableBuffer(body)
        if self.body.readableBytes > Self.bodyLimit { finish(.unavailable("its answer is too large")) }
    }

    func upstreamPaused() {}

    func upstreamEnded() {
        guard let answer else { return }
        finish(
            SignInVerdict(
                status: Int(answer.status.code), retryAfter: answer.headers.first(name: "retry-after"),
                body: String(buffer: body)))
    }

    func upstreamWritabilityChanged(isWritable: Bool) {}

    func upstreamFailed(_ problem: String) {
        // A kept connection may be of a worker that has gone.
        guard let failed = connection, failed.uses > 1, answer == nil, then != nil else {
            finish(.unavailable("failed: \(problem)"))
            return
        }
        connection = nil
        lease(fresh: true)
    }
}

@available(*, unavailable)
extension SignInQuestion: Sendable {}
