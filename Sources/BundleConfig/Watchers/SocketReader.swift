import Glibc
import Supervision

/// Reads one entry of `sockets:`.
struct SocketReader {
    static let keys = [
        "host", "port", "type", "path", "mode", "owner", "backlog", "reuse_port", "interface", "blocking",
    ]
    private static let unixKeys = ["mode", "owner"]
    private static let internetKeys = ["host", "port", "interface", "reuse_port"]

    let name: String
    let node: ConfigurationNode
    let problems = ConfigurationProblems()

    func read() -> SocketDefinition? {
        problems.attempt { _ = try node.mapping() }
        problems.attempt { try node.checkName(name, of: "socket") }
        problems.add(node.unknownKeys(Self.keys))
        guard let place = problems.attempt({ try place() }) else { return nil }
        var socket = SocketDefinition(name: name, place: place)
        problems.attempt {
            socket.backlog = Int32(try node.present("backlog")?.integer(in: 1...65_535) ?? Int(socket.backlog))
            socket.reusePort = try node.bool("reuse_port") ?? socket.reusePort
            socket.blocking = try node.bool("blocking") ?? socket.blocking
            socket.interface = try node.present("interface").map(Self.interface)
            socket.owner = try node.present("owner").map(Self.owner)
        }
        return problems.errors.isEmpty ? socket : nil
    }

    private func place() throws -> SocketDefinition.Place {
        let isDatagram = try node.present("type").map(Self.isDatagram) ?? false
        if let path = node.present("path") {
            try refuse(Self.internetKeys, "means nothing for a unix socket")
            let mode = try node.present("mode")?.octal() ?? 0o660
            let place = try ProbeReader.socketPath(try path.string(), path)
            return isDatagram ? .unixDatagram(path: place, mode: mode) : .unix(path: place, mode: mode)
        }
        try refuse(Self.unixKeys, "means nothing without a path")
        let host = try node.present("host").map(Self.host) ?? "127.0.0.1"
        let port = try node.present("port")?.integer(in: 1...65_535) ?? 8_080
        return isDatagram ? .udp(host: host, port: port) : .tcp(host: host, port: port)
    }

    private func refuse(_ keys: [String], _ problem: String) throws {
        for key in keys {
            guard let value = node.present(key) else { continue }
            throw value.refused(problem, remedy: "Remove it")
        }
    }

    private static func isDatagram(_ node: ConfigurationNode) throws -> Bool {
        switch try node.string() {
        case "stream": return false
        case "dgram": return true
        case let text: throw node.unknown(text, among: ["stream", "dgram"])
        }
    }

    /// A numeric address: as given, or the first that the name has.
    private static func host(_ node: ConfigurationNode) throws -> String {
        var name = try node.string()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name == "localhost" { return "127.0.0.1" }
        if name == "*" { return "::" }
        if ProbeReader.isNumeric(name) { return name }
        guard let address = HostAddress.first(of: name) else {
            throw node.refused("is \(name), which has no address here", remedy: "Write a numeric address, or localhost")
        }
        return address
    }

    private static func interface(_ node: ConfigurationNode) throws -> String {
        let name = try node.string()
        guard !name.isEmpty, name.utf8.count < 16, !name.contains("/") else {
            throw node.refused("is \"\(name)\", which cannot be an interface", remedy: "Write a name such as eth0")
        }
        return name
    }

    /// `user`, `user:group` or `:group`, names or numbers.
    private static func owner(_ node: ConfigurationNode) throws -> String {
        let text = try node.string()
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let group = parts.count > 1 ? parts[1] : ""
        if !parts[0].isEmpty, UInt32(parts[0]) == nil, getpwnam(parts[0]) == nil {
            throw node.refused(
                "names the user \(parts[0]), whom this machine does not have", remedy: "Make it (useradd)")
        }
        if !group.isEmpty, UInt32(group) == nil, getgrnam(group) == nil {
            throw node.refused(
                "names the group \(group), which this machine does not have", remedy: "Make it (groupadd)")
        }
        guard !parts[0].isEmpty || !group.isEmpty else {
            throw node.refused("names nobody", remedy: "Write user, user:group or :group")
        }
        return text
    }
}
