/// One request's way through the workers and what became of it, in words.
struct RequestTrace {
    let id: String
    /// By the time they began.
    let hops: [TraceHop]

    /// - Parameter own: what the workers say of the request.
    /// - Parameter token: what was said when the client fetched the token it came with, where that is known.
    init?(id: String, own: [LogEntry], token: LogEntry?) {
        guard !own.isEmpty else { return nil }
        self.id = id
        hops = ((token.map { [TraceHop($0, isOwn: false)] } ?? []) + own.map { TraceHop($0) })
            .enumerated().sorted { ($0.element.began, $0.offset) < ($1.element.began, $1.offset) }.map(\.element)
    }

    private var own: [TraceHop] { hops.filter(\.isOwn) }
    private var frame: TraceHop? { own.first(where: \.isFrame) }

    /// When the request came in.
    var began: Int64 { own.map(\.began).min() ?? 0 }

    var request: TracedRequest {
        let hop = frame ?? own.first { $0["method"] != nil && $0["path"] != nil }
        if let method = hop?["method"], let path = hop?["path"] { return TracedRequest(method: method, path: path) }
        if own.contains(where: { $0.event == "token" }) { return TracedRequest(method: "GET", path: "/auth") }
        return TracedRequest(method: "request", path: id)
    }

    /// What the client was told.
    var status: Int? {
        (frame ?? own.last { $0.status != nil })?.status ?? (own.contains { $0.event == "denied" } ? 403 : nil)
    }

    var user: String? { own.compactMap(\.user).first ?? hops.compactMap(\.user).first }
    var remote: String? { own.compactMap { $0["remote"] }.first }
    var milliseconds: Double? { frame?.milliseconds ?? own.compactMap(\.milliseconds).last }
    var repository: String? { request.repository ?? own.compactMap { $0["repository"] }.first }
    var isFailure: Bool { status.map { $0 >= 400 } ?? own.contains(where: \.isFailure) }

    /// Who decided: the worker that failed, or the last one that was asked.
    var place: String {
        own.first { $0.isFailure && !$0.isFrame }?.watcher ?? frame?["upstream"] ?? own.last?.watcher ?? "proxy"
    }

    var reason: String? {
        own.filter { !$0.isFrame }.compactMap(\.reason).first ?? frame?.reason
    }

    /// `push of team/app:1.4 by ci from 10.0.0.7 failed: 403 DENIED at registry after 12 ms: user ci may pull …`
    var sentence: String {
        var words = request.words
        if let user { words += " by \(user)" }
        if let remote { words += " from \(remote)" }
        let code = status.map { "\($0)" } ?? ""
        let time = milliseconds.map { " after \(Self.duration($0))" } ?? ""
        if status == 401 && request.kind != .login && reason == nil {
            return "\(words) was asked to sign in: 401 at \(place)\(time); the client comes again with a token"
        }
        guard isFailure else { return "\(words) succeeded: \(code) at \(place)\(time)" }
        words +=
            " failed: \(([code, Self.word(status)].filter { !$0.isEmpty }).joined(separator: " ")) at \(place)\(time)"
        return reason.map { "\(words): \($0)" } ?? words
    }

    /// The registry's error code for a status. Source: OCI distribution-spec 1.1, "Error codes".
    private static func word(_ status: Int?) -> String {
        switch status {
        case 400: "BAD REQUEST"
        case 401: "UNAUTHORIZED"
        case 403: "DENIED"
        case 404: "NOT FOUND"
        case 405: "UNSUPPORTED"
        case 408: "TIMEOUT"
        case 409: "CONFLICT"
        case 411, 416: "INVALID RANGE"
        case 413: "TOO LARGE"
        case 429: "TOO MANY REQUESTS"
        case 499: "CLIENT GONE"
        case 502: "BAD GATEWAY"
        case 503: "UNAVAILABLE"
        case 504: "TIMEOUT"
        case let status? where status >= 500: "INTERNAL ERROR"
        default: ""
        }
    }

    /// Two digits that matter: `0.4 ms`, `35 ms`, `2.1 s`.
    static func duration(_ milliseconds: Double) -> String {
        switch milliseconds {
        case ..<10: "\((milliseconds * 10).rounded() / 10) ms"
        case ..<1000: "\(Int(milliseconds)) ms"
        default: "\((milliseconds / 100).rounded() / 10) s"
        }
    }
}
