import NIOHTTP1

/// The fields that concern one connection only and are never passed on.
///
/// - Source: RFC 9110, section 7.6.1.
struct HopByHop {
    /// Further names that the Connection field lists, in lower case.
    private var named: [String] = []

    init(_ headers: HTTPHeaders) {
        for value in headers[canonicalForm: "connection"] {
            let name = value.lowercased()
            // A request without its Host would be another one.
            if name != "close", name != "keep-alive", name != "host" { named.append(name) }
        }
    }

    /// - Parameter name: in lower case.
    func contains(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization",
            "proxy-authentication-info", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings":
            true
        default:
            named.contains(name)
        }
    }
}
