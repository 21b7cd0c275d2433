import NIOHTTP1

/// The header fields that a client sees: the upstream's, without what concerns its connection, and with the proxy's own.
struct ResponseHeaders: Sendable, Equatable {
    /// The value of Strict-Transport-Security; nil sends none.
    var transportSecurity: String?

    init(hsts: Duration?) {
        transportSecurity = hsts.map { "max-age=\($0.components.seconds)" }
    }

    /// - Parameters:
    ///   - https: whether the client came over TLS.
    ///   - registry: whether the answer is a registry's, which names its API version.
    ///   - isOurs: whether it is of a file or of the proxy itself: as with a registry's no browser is to guess at its type.
    ///   - extra: the route's own fields; they replace the upstream's.
    func sent(
        _ headers: HTTPHeaders, requestID: String, https: Bool, registry: Bool, isOurs: Bool = false,
        extra: [String: String] = [:]
    ) -> HTTPHeaders {
        let hop = HopByHop(headers)
        var fields: [(String, String)] = []
        fields.reserveCapacity(headers.count + 4)
        var hasVersion = false
        var hasTypeOptions = false
        for (name, value) in headers {
            let lowered = name.lowercased()
            switch lowered {
            case "server", "x-request-id", "strict-transport-security": continue
            case "docker-distribution-api-version": hasVersion = true
            case "x-content-type-options": hasTypeOptions = true
            default:
                if hop.contains(lowered) || lowered.hasBytePrefix("x-accel-") || lowered.hasBytePrefix("x-dockmaster-")
                {
                    continue
                }
            }
            fields.append((name, value))
        }
        if registry, !hasVersion { fields.append(("Docker-Distribution-Api-Version", "registry/2.0")) }
        if registry || isOurs, !hasTypeOptions { fields.append(("X-Content-Type-Options", "nosniff")) }
        if https, let transportSecurity { fields.append(("Strict-Transport-Security", transportSecurity)) }
        fields.append(("X-Request-Id", requestID))
        var sent = HTTPHeaders(fields)
        for (name, value) in extra { sent.replaceOrAdd(name: name, value: value) }
        return sent
    }
}
