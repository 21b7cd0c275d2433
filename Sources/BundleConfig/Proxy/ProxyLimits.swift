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
    /// Concurrent HTTP/2 streams of one connection.
    package var streams = 100

    package init() {}

    static let keys = [
        "headers", "body", "header_timeout", "idle_timeout", "handshake_timeout", "connect_timeout", "response_timeout",
        "connections", "streams",
    ]

    /// Reads the keys that are given over the defaults.
    package init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(Self.keys)
        if let value = try node.byteSize("headers") { headers = value }
        if let value = try node.byteSize("body") { body = value }
        if let value = try node.duration("header_timeout") { headerTimeout = value }
        if let value = try node.duration("idle_timeout") { idleTimeout = value }
        if let value = try node.duration("handshake_timeout") { handshakeTimeout = value }
        if let value = try node.duration("connect_timeout") { connectTimeout = value }
        if let value = try node.duration("response_timeout") { responseTimeout = value }
        connections = try Self.positive(node["connections"]) ?? connections
        streams = try Self.positive(node["streams"]) ?? streams
    }

    private static func positive(_ node: ConfigurationNode?) throws(ConfigurationError) -> Int? {
        guard let node, !node.isNull else { return nil }
        let value = try node.integer()
        guard value >= 1 else { throw node.refused("must be at least 1", remedy: "Write a positive number") }
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
            ("streams", .integer(streams)),
        ])
    }
}
