import BundleLog

/// What the access log says of one request. Never a query string, a body, or a header that could hold a secret.
struct AccessRecord {
    var requestID: String
    var remote: String
    var method: String
    var path: String
    var status: Int
    var bytesIn: Int
    var bytesOut: Int
    var microseconds: Int
    var upstream: String?
    var isUpstreamsFault = false
    var upstreamMicroseconds: Int?
    /// `TLSv1.3`, `TLSv1.2`; nil over plain TCP.
    var tls: String?
    /// Whom the client's certificate names.
    var client: String?
    /// `HTTP/1.1`, `HTTP/2`.
    var httpProtocol: String
    var userAgent: String?
    /// Who asked, when an upstream that checks it let the request through.
    var user: String?
    var repository: String?
    /// Why the request failed, where the proxy knows.
    var problem: String?

    /// `GET /v2/app/manifests/1 → 200 in 2 ms`
    var sentence: String {
        let sentence = "\(method) \(Self.short(path, 512)) → \(status) in \(Self.duration(microseconds))"
        return problem.map { "\(sentence): \($0)" } ?? sentence
    }

    /// The line of the log, with its newline.
    func line(time: String) -> [UInt8] {
        var line = JSONLine(capacity: 640)
        line.add("time", time)
        line.add("level", status >= 500 ? "warning" : "info")
        line.add("msg", sentence)
        line.add("component", "proxy")
        line.add(LogField.requestID, requestID)
        line.add(LogField.remote, remote)
        line.add(LogField.method, method)
        line.add(LogField.path, Self.short(path, 1_024))
        line.add(LogField.status, status)
        line.add(LogField.bytes, bytesOut)
        line.add("bytes_in", bytesIn)
        line.add(LogField.durationMilliseconds, Double(microseconds) / 1_000)
        if let user { line.add(LogField.user, user) }
        if let repository { line.add(LogField.repository, repository) }
        if let upstream { line.add("upstream", upstream) }
        if let upstreamMicroseconds { line.add("upstream_ms", Double(upstreamMicroseconds) / 1_000) }
        if let tls { line.add("tls", tls) }
        if let client { line.add("client", client) }
        line.add("protocol", httpProtocol)
        if let userAgent { line.add("user_agent", Self.short(userAgent, 256)) }
        if let problem { line.add(LogField.error, problem) }
        return line.finished()
    }

    private static func short(_ text: String, _ limit: Int) -> String {
        text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }

    /// Two digits that matter: `0.4 ms`, `35 ms`, `2.1 s`.
    private static func duration(_ microseconds: Int) -> String {
        switch microseconds {
        case ..<10_000: "\(Double(microseconds / 100) / 10) ms"
        case ..<1_000_000: "\(microseconds / 1_000) ms"
        default: "\(Double(microseconds / 100_000) / 10) s"
        }
    }
}
