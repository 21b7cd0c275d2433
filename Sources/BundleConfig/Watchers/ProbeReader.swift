import Glibc
import Supervision

/// Reads a probe: `{http: "http://127.0.0.1:8000/healthz"}` and its kin.
enum ProbeReader {
    static let keys = ["tcp", "unix", "http", "exec"]

    static func probe(_ kind: String, _ node: ConfigurationNode) throws -> Probe {
        switch kind {
        case "tcp":
            let (host, port) = try address(try node.string()[...], node)
            return .tcp(host: host, port: port)
        case "unix": return .unix(path: try socketPath(try node.string(), node))
        case "http": return try http(node)
        default: return .exec(try node.command())
        }
    }

    /// `http://127.0.0.1:80/x`, `unix:/run/x.sock:/x`.
    private static func http(_ node: ConfigurationNode) throws -> Probe {
        let text = try node.string()
        if text.hasPrefix("unix:") {
            let rest = text.dropFirst(5)
            guard let colon = rest.lastIndex(of: ":") else {
                return .http(host: "localhost", port: 80, path: "/", socket: try socketPath(String(rest), node))
            }
            return .http(
                host: "localhost", port: 80, path: try path(rest[colon...].dropFirst(), node),
                socket: try socketPath(String(rest[..<colon]), node))
        }
        guard text.hasPrefix("http://") else {
            throw node.refused(
                "is \"\(text)\", which is no plain http address",
                remedy: "Write http://127.0.0.1:8000/path or unix:/path/to/socket:/path; for https, use exec with curl")
        }
        let rest = text.dropFirst(7)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (host, port) = try address(rest[..<slash], node, fallback: 80)
        return .http(
            host: host, port: port, path: slash == rest.endIndex ? "/" : try path(rest[slash...], node), socket: nil)
    }

    private static func path(_ text: Substring, _ node: ConfigurationNode) throws -> String {
        guard text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw node.refused("has a path that cannot stand in a request", remedy: "Begin it with /, without spaces")
        }
        return String(text)
    }

    /// `127.0.0.1:80`, `[::1]:80`, `localhost:80`: no name that would have to be looked up.
    static func address(
        _ text: Substring, _ node: ConfigurationNode, fallback: Int? = nil
    ) throws -> (host: String, port: Int) {
        var host = text
        var port = fallback
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            host = text[..<colon]
            port = Int(text[colon...].dropFirst())
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, (1...65_535).contains(port) else {
            throw node.refused("has no port", remedy: "Write it as 127.0.0.1:8000")
        }
        guard host == "localhost" || isNumeric(String(host)) else {
            throw node.refused(
                "names the host \(host), which is not an address", remedy: "Write a numeric address, or localhost")
        }
        return (String(host), port)
    }

    /// Whether a text is an IPv4 or IPv6 address.
    static func isNumeric(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1
    }

    /// A unix socket's path: at most 107 bytes.
    static func socketPath(_ text: String, _ node: ConfigurationNode) throws -> String {
        guard !text.isEmpty else { throw node.refused("is empty", remedy: "Give it a path") }
        let path = FilePath.absolute(text, from: node.folder)
        guard path.utf8.count <= 107 else {
            throw node.refused(
                "is too long for a socket (\(path.utf8.count) bytes)", remedy: "Name a path of at most 107 bytes")
        }
        return path
    }
}
