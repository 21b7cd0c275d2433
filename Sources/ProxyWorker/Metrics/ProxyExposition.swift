import TextFormats

/// The proxy's metrics in Prometheus' text format: the connections and requests under the names of nginx' exporter, for
/// whose dashboards they are, the rest under our own.
struct ProxyExposition: Sendable {
    var figures: ProxyFigures
    /// Open connections.
    var active: Int
    /// A certificate's first name, and its end in seconds since 1970.
    var certificates: [(name: String, end: Int)]
    var isReadOnly: Bool
    var isInMaintenance: Bool
    /// Of upstreams with several; why one is out, nil when it is not.
    var servers: [(endpoint: UpstreamEndpoint, problem: String?)]

    var text: String {
        var text = MetricsText()
        let total = figures.requests.values.reduce(0, +)
        text.counter("nginx_connections_accepted", "Connections that were accepted.", [([], figures.accepted)])
        let refused = figures.refusals.filter { [.connections, .connectionsPerAddress].contains($0.key) }
        text.counter(
            "nginx_connections_handled", "Connections that were served.",
            [([], figures.accepted - refused.values.reduce(0, +))])
        text.gauge("nginx_connections_active", "Open connections of clients.", [([], active)])
        text.counter("nginx_http_requests_total", "Requests.", [([], total)])
        addRequests(&text)
        text.counter(
            "dockmaster_proxy_refused_total", "Connections and requests that no upstream got, by reason.",
            ProxyFigures.Refusal.allCases.map { ([("reason", $0.rawValue)], figures.refusals[$0] ?? 0) })
        text.counter(
            "dockmaster_proxy_tls_handshakes_total", "TLS handshakes, by version.",
            figures.handshakes.map { ([("version", $0.key)], $0.value) })
        text.counter(
            "dockmaster_proxy_tls_handshake_failures_total", "TLS handshakes that failed.",
            [([], figures.failedHandshakes)])
        text.gauge(
            "dockmaster_proxy_certificate_expiry_timestamp_seconds", "When a certificate ends, in seconds since 1970.",
            certificates.map { ([("name", $0.name)], $0.end) })
        text.gauge(
            "dockmaster_proxy_upstream_up", "1 for a server that requests are sent to, 0 for one that is out.",
            servers.map {
                ([("upstream", $0.endpoint.name), ("socket", $0.endpoint.socket)], $0.problem == nil ? 1 : 0)
            })
        text.gauge("dockmaster_proxy_read_only", "1 while pushes are refused.", [([], isReadOnly ? 1 : 0)])
        text.gauge("dockmaster_proxy_maintenance", "1 while maintained.", [([], isInMaintenance ? 1 : 0)])
        return text.finished()
    }

    private func addRequests(_ text: inout MetricsText) {
        text.counter(
            "dockmaster_proxy_http_requests_total", "Requests, by where they were led, method and status.",
            figures.requests.map { key, count in
                ([("route", key.route), ("method", key.method.lowercased()), ("code", String(key.status))], count)
            })
        text.histogram(
            "dockmaster_proxy_http_request_duration_seconds", "From a request's head to the end of its answer.",
            figures.seconds.map { ([("route", $0.key)], $0.value) })
        text.histogram(
            "dockmaster_proxy_upstream_response_seconds", "Until an upstream began its answer.",
            figures.upstreamSeconds.map { ([("upstream", $0.key)], $0.value) })
        text.counter(
            "dockmaster_proxy_upstream_failures_total", "Requests that an upstream failed.",
            figures.upstreamFailures.map { ([("upstream", $0.key)], $0.value) })
        text.counter(
            "dockmaster_proxy_http_received_bytes_total", "Bytes of requests' bodies.",
            figures.received.map { ([("route", $0.key)], $0.value) })
        text.counter(
            "dockmaster_proxy_http_sent_bytes_total", "Bytes of answers' bodies.",
            figures.sent.map { ([("route", $0.key)], $0.value) })
    }
}
