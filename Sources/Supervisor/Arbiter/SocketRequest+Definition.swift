internal import ProcessControl
internal import Supervision

// From a configuration's words to what the kernel is asked for.

extension SocketRequest {
    /// Every definition's request, names of hosts, users and groups looked up.
    /// - Blocks. Not for the loop's thread once it runs.
    static func all(_ definitions: [SocketDefinition]) throws(SocketError) -> [SocketDefinition: SocketRequest] {
        var requests: [SocketDefinition: SocketRequest] = [:]
        for definition in definitions where requests[definition] == nil {
            var request = SocketRequest(definition, host: try definition.host.map(HostName.resolve), among: definitions)
            if let owner = definition.owner { request.owner = try SocketOwner.named(owner) }
            requests[definition] = request
        }
        return requests
    }

    /// A definition's request without looking anything up: a name is refused.
    init(numeric definition: SocketDefinition, among others: [SocketDefinition]) throws(SocketError) {
        if let host = definition.host, HostName.numeric(host) == nil {
            throw .unknownHost(host, reason: "names are looked up only when the configuration is read")
        }
        self.init(definition, host: definition.host.flatMap(HostName.numeric), among: others)
        guard let owner = definition.owner else { return }
        guard owner.utf8.allSatisfy({ (48...58).contains($0) }) else { throw .unknownOwner(owner, isGroup: false) }
        self.owner = try SocketOwner.named(owner)
    }

    private init(_ definition: SocketDefinition, host: String?, among others: [SocketDefinition]) {
        let host = host ?? ""
        switch definition.place {
        case .tcp(_, let port): self.init(Self.address(host, port, definition, others), kind: .stream)
        case .udp(_, let port): self.init(Self.address(host, port, definition, others), kind: .datagram)
        case .unix(let path, let mode): self.init(.unix(path: path, mode: mode), kind: .stream)
        case .unixDatagram(let path, let mode): self.init(.unix(path: path, mode: mode), kind: .datagram)
        }
        backlog = definition.backlog
        reusesPort = definition.reusePort
        interface = definition.interface
        isBlocking = definition.blocking
    }

    /// "::" is every address of both versions, unless another socket takes the IPv4 side of the port for itself.
    private static func address(
        _ host: String, _ port: Int, _ definition: SocketDefinition, _ others: [SocketDefinition]
    ) -> SocketAddress {
        let leavesVersion4 = host == "::" && others.contains { $0.takesVersion4(besides: definition) }
        return leavesVersion4 ? .tcp6(address: "::", port: port) : .tcp(host: host, port: port)
    }

    /// Whether two requests like this mean the same socket; the kernel's choice of a port is another each time.
    var isFixed: Bool { address.port != 0 }

    /// What it is called in systemd's store: one name for each place, since removing goes by name.
    var storeName: String { "\(kind.rawValue)-\(address.description.replacing(":", with: ","))" }
}

extension SocketDefinition {
    /// The host as it is written; nil for a path.
    fileprivate var host: String? {
        switch place {
        case .tcp(let host, _), .udp(let host, _): host
        case .unix, .unixDatagram: nil
        }
    }

    fileprivate func takesVersion4(besides other: SocketDefinition) -> Bool {
        switch (place, other.place) {
        case (.tcp(let host, let port), .tcp(_, let wanted)), (.udp(let host, let port), .udp(_, let wanted)):
            port == wanted && !host.isEmpty && host != "*" && !host.contains(":")
        case (.tcp, _), (.udp, _), (.unix, _), (.unixDatagram, _): false
        }
    }
}
