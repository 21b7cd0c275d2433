import TextFormats

/// What the connections of one event loop have counted. Labels come from the configuration and a few words of our own, never
/// from what a client sends.
struct ProxyFigures: Sendable {
    struct RequestKey: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    /// Why a connection or a request was turned away before any upstream.
    enum Refusal: String, CaseIterable {
        case connections
        case connectionsPerAddress = "connections_per_address"
        case requestsPerAddress = "requests_per_address"
        case address
        case malformed
        case slow
        case readOnly = "read_only"
        case maintenance
        /// An error of an HTTP/2 connection: a flood, or a client that is broken.
        case http2 = "http2_error"
    }

    var accepted = 0
    var requests: [RequestKey: Int] = [:]
    var seconds: [String: Histogram] = [:]
    var upstreamSeconds: [String: Histogram] = [:]
    var upstreamFailures: [String: Int] = [:]
    var received: [String: Int] = [:]
    var sent: [String: Int] = [:]
    var refusals: [Refusal: Int] = [:]
    /// By version, `TLSv1.3` or `TLSv1.2`.
    var handshakes: [String: Int] = [:]
    var failedHandshakes = 0

    mutating func refuse(_ reason: Refusal) { refusals[reason, default: 0] += 1 }

    mutating func note(_ request: AccessRecord, route: String) {
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(request.method)
        let method = known ? request.method : "other"
        let status = (100...599).contains(request.status) ? request.status : 0
        requests[RequestKey(route: route, method: method, status: status), default: 0] += 1
        seconds[route, default: Histogram()].note(Double(request.microseconds) / 1e6)
        received[route, default: 0] += request.bytesIn
        sent[route, default: 0] += request.bytesOut
        guard let upstream = request.upstream else { return }
        if let time = request.upstreamMicroseconds {
            upstreamSeconds[upstream, default: Histogram()].note(Double(time) / 1e6)
        }
        if request.isUpstreamsFault { upstreamFailures[upstream, default: 0] += 1 }
    }

    mutating func add(_ other: ProxyFigures) {
        accepted += other.accepted
        requests.merge(other.requests, uniquingKeysWith: +)
        seconds.merge(other.seconds) { $0.adding($1) }
        upstreamSeconds.merge(other.upstreamSeconds) { $0.adding($1) }
        upstreamFailures.merge(other.upstreamFailures, uniquingKeysWith: +)
        received.merge(other.received, uniquingKeysWith: +)
        sent.merge(other.sent, uniquingKeysWith: +)
        refusals.merge(other.refusals, uniquingKeysWith: +)
        handshakes.merge(other.handshakes, uniquingKeysWith: +)
        failedHandshakes += other.failedHandshakes
    }
}
