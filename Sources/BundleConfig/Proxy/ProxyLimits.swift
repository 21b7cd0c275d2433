/// The proxy's limits, each with a default that suits a registry.
package struct ProxyLimits: Sendable, Equatable {
    /// The request line and all headers together. Larger: 431.
    package var headers = ByteSize(bytes: 32 << 10)
    /// A request's body; 0 sets no limit. Larger: 413.
    package var body = ByteSize(bytes: 0)
    /// From the first byte of a request to the end of its headers.
    package var headerTimeout: Duration = .seconds(10)
    /// A connection on which nothing happens, between requests or within one.
    package var idleTimeout: Duration = .seconds(60)
    /// The TLS handshake.
    package var handshakeTimeout: Duration = .seconds(10)
    /// How long a request waits for a worker that is being restarted.
    package var connectTimeout: Duration = .seconds(10)
    /// How long an upstream may take to begin its answer once the request is complete.
    package var responseTimeout: Duration = .seconds(300)
    /// Open client connections in all.
    package var connections = 10_000
    /// Open connections of one address (of IPv6: of one /64). Many clients may stand behind one NAT.
    package var connectionsPerAddress = 1_000
    /// Requests a second of one address (of IPv6: of one /64) in the long run; 0 sets no limit. More: 429.
    package var requestsPerAddress = 0
    /// How many requests an address may make at once before `requestsPerAddress` counts.
    package var requestBurst = 500
    /// What must move in each `progressInterval` while the client is what a request waits for; 0 leaves that to
    /// `idleTimeout`.
    package var progress = ByteSize(bytes: 4 << 10)
    package var progressInterval: Duration = .seconds(60)
    /// Bytes a second of one request's body; 0 sets no limit.
    package var uploadRate = ByteSize(bytes: 0)
    /// Concurrent HTTP/2 streams of one connection.
    package var streams = 100

    package init() {}

    static let keys = [
        "headers", "body", "header_timeout", "idle_timeout", "handshake_timeout", "connect_timeout", "response_timeout",
        "connections", "connections_per_address", "requests_per_address", "request_burst", "progress",
        "progress_interval", "upload_rate", "streams",
    ]

    /// Reads the keys that are given over the defaults.
    package init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(Self.keys)
        if let value = try node.byteSize("headers") {
            guard (1_024...1 << 20).contains(value.bytes) else {
                throw (node["headers"] ?? node).refused(
                    "must lie between 1KiB and 1MiB", remedy: "32KiB suits registries")
            }
            headers = value
        }
        if let value = try node.byteSize("body") { body = value }
        headerTimeout = try Self.timeout(node["header_timeout"]) ?? headerTimeout
        idleTimeout = try Self.timeout(node["idle_timeout"]) ?? idleTimeout
        handshakeTimeout = try Self.timeout(node["handshake_timeout"]) ?? handshakeTimeout
        connectTimeout = try Self.timeout(node["connect_timeout"]) ?? connectTimeout
        responseTimeout = try Self.timeout(node["response_timeout"]) ?? responseTimeout
        connections = try Self.positive(node["connections"]) ?? connections
        connectionsPerAddress = try Self.positive(node["connections_per_address"]) ?? connectionsPerAddress
        requestsPerAddress = try Self.positive(node["requests_per_address"], from: 0) ?? requestsPerAddress
        requestBurst = try Self.positive(node["request_burst"]) ?? requestBurst
        if let value = try node.byteSize("progress") { progress = value }
        progressInterval = try Self.timeout(node["progress_interval"]) ?? progressInterval
        uploadRate = try Self.rate(node) ?? uploadRate
        streams = try Self.positive(node["streams"]) ?? streams
    }

    /// So much that a read's worth passes in a second: slower ones would hold the connection's progress up.
    private static func rate(_ node: ConfigurationNode) throws -> ByteSize? {
        guard let value = try node.byteSize("upload_rate") else { return nil }
        guard value.bytes == 0 || value.bytes >= 64 << 10 else {
            throw (node["upload_rate"] ?? node).refused(
                "must be at least 64KiB a second, or 0 for no limit", remedy: "Write such a size, for example 10MiB")
        }
        return value
    }

    private static func positive(_ node: ConfigurationNode?, from least: Int = 1) throws(ConfigurationError) -> Int? {
        guard let node, !node.isNull else { return nil }
        let value = try node.integer()
        guard (least...1_000_000).contains(value) else {
            throw node.refused("must be at least \(least) and at most 1000000", remedy: "Write such a number")
        }
        return value
    }

    static func timeout(_ node: ConfigurationNode?) throws(ConfigurationError) -> Duration? {
        guard let node, !node.isNull else { return nil }
        let value = try node.duration()
        guard value >= .milliseconds(100), value <= .seconds(86_400) else {
            throw node.refused(
                "must lie between 100ms and 24h", remedy: "A limit of none would let anybody hold connections")
        }
        return value
    }

    package func node() -> ConfigurationNode {
        .mapping([
            ("headers", .string(headers.description)),
            ("body", .string(body.description)),
            ("header_timeout", .string(DurationText.text(headerTimeout))),
            ("idle_timeout", .string(DurationText.text(idleTimeout))),
            ("handshake_timeout", .string(DurationText.text(handshakeTimeout))),
            ("connect_timeout", .string(DurationText.text(connectTimeout))),
            ("response_timeout", .string(DurationText.text(responseTimeout))),
            ("connections", .integer(connections)),
            ("connections_per_address", .integer(connectionsPerAddress)),
            ("requests_per_address", .integer(requestsPerAddress)),
            ("request_burst", .integer(requestBurst)),
            ("progress", .string(progress.description)),
            ("progress_interval", .string(DurationText.text(progressInterval))),
            ("upload_rate", .string(uploadRate.description)),
            ("streams", .integer(streams)),
        ])
    }
}
