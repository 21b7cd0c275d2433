import NIOCore
import NIOHTTP1

/// One question to one upstream's health end-point.
final class HealthProbe: UpstreamReceiver {
    var lease: UpstreamLease?
    private var then: ((String?) -> Void)?
    private var connection: UpstreamConnection?
    private var status: HTTPResponseStatus?
    private var body = ByteBuffer()

    init(then: @escaping (String?) -> Void) {
        self.then = then
    }

    func ask(_ connection: UpstreamConnection, path: String, host: String, requestID: String) {
        guard then != nil else {
            connection.close()
            return
        }
        self.connection = connection
        connection.receiver = self
        connection.send(
            HTTPRequestHead(
                version: .http1_1, method: .GET, uri: path,
                headers: ["Host": host, "X-Request-Id": requestID, "User-Agent": "dockmaster-proxy"]))
        connection.sendEnd()
    }

    /// - Parameter problem: why it is not ready; nil when it is.
    func finish(_ problem: String?) {
        guard let then else { return }
        self.then = nil
        lease?.cancel()
        lease = nil
        let asked = connection
        connection = nil
        if problem == nil, let asked, asked.isReusable, let pool = asked.pool {
            pool.giveBack(asked)
        } else {
            asked?.close()
        }
        then(problem)
    }

    func upstreamBegan(_ head: HTTPResponseHead) {
        status = head.status
    }

    func upstreamSent(_ body: ByteBuffer) {
        if self.body.readableBytes < 512 { self.body.writeImmutableBuffer(body) }
    }

    func upstreamPaused() {}

    func upstreamEnded() {
        guard let status, status != .ok else {
            finish(nil)
            return
        }
        let said = String(buffer: body).prefix(256).split(separator: "\n").joined(separator: " ")
        finish("answered \(status.code)\(said.isEmpty ? "" : ": \(said)")")
    }

    func upstreamWritabilityChanged(isWritable: Bool) {}

    func upstreamFailed(_ problem: String) {
        finish("failed: \(problem)")
    }
}

@available(*, unavailable)
extension HealthProbe: Sendable {}
