import BundleConfig
import NIOHTTP1
import TextFormats

/// The header fields that an upstream sees: the client's, without what a client must not say, and with what the proxy knows.
enum RequestHeaders {
    /// What the proxy knows of a request.
    struct Facts: Equatable {
        var requestID: String
        /// The client's address without its port.
        var remote: String
        var https: Bool
        /// The Host field or the authority, as the client wrote it.
        var host: String?
        /// The port that the client used.
        var port: Int
        /// Whom its certificate names.
        var client: ClientIdentity?
    }

    /// - Parameter method: one that usually has a body says that it has none, so that no end of one need be sent.
    static func forwarded(
        _ headers: HTTPHeaders, method: HTTPMethod, framing: BodyFraming, facts: Facts
    ) -> HTTPHeaders {
        let hop = HopByHop(headers)
        var fields: [(String, String)] = []
        fields.reserveCapacity(headers.count + 7)
        for (name, value) in headers {
            let lowered = name.lowercased()
            if hop.contains(lowered) || isReserved(lowered) { continue }
            fields.append((name, value))
        }
        switch framing {
        case .none: if method == .POST || method == .PUT || method == .PATCH { fields.append(("Content-Length", "0")) }
        case .fixed(let length): fields.append(("Content-Length", String(length)))
        case .chunked, .stream: fields.append(("Transfer-Encoding", "chunked"))
        }
        fields.append(("X-Request-Id", facts.requestID))
        fields.append(("X-Real-IP", facts.remote))
        fields.append(("X-Forwarded-For", facts.remote))
        fields.append(("X-Forwarded-Proto", facts.https ? "https" : "http"))
        fields.append(("X-Forwarded-Port", String(facts.port)))
        if let host = facts.host { fields.append(("X-Forwarded-Host", host)) }
        if !headers.contains(name: "host"), let host = facts.host { fields.append(("Host", host)) }
        if let client = facts.client { add(client, to: &fields) }
        return HTTPHeaders(fields)
    }

    /// Each percent-encoded, so that a name is never more than a name. What a client says under these names is removed.
    private static func add(_ client: ClientIdentity, to fields: inout [(String, String)]) {
        if let name = client.name { fields.append(("X-Dockmaster-Client-Name", PercentEncoding.encoded(name))) }
        fields.append(("X-Dockmaster-Client-Subject", PercentEncoding.encoded(client.subject)))
        fields.append(("X-Dockmaster-Client-Fingerprint", client.fingerprint))
    }

    /// Whether only the proxy may say it, or it says how the body is framed, which the proxy decides anew.
    /// - Parameter name: in lower case.
    static func isReserved(_ name: String) -> Bool {
        switch name {
        case "content-length", "expect", "forwarded", "x-real-ip", "x-request-id", "x-client-ip", "x-cluster-client-ip",
            "true-client-ip", "x-original-url", "x-rewrite-url", "x-original-uri", "x-http-method-override",
            "remote-user", "x-remote-user", "x-remote-group", "x-remote-email", "x-user", "x-authenticated-user",
            "x-webauth-user", "x-ssl-client-cert", "x-ssl-client-dn", "x-ssl-client-verify", "x-client-cert",
            "x-client-identity", "x-sendfile", "proxy":
            return true
        default:
            // `_` for `-` is what CGI-like servers take for the same name: nginx drops all such names too.
            return name.utf8.contains(UInt8(ascii: "_")) || name.hasBytePrefix("x-forwarded-")
                || name.hasBytePrefix("x-accel-")
                || name.hasBytePrefix("x-dockmaster-")
        }
    }
}
