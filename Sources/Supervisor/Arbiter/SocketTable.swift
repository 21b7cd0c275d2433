internal import ProcessControl
internal import Supervision

/// The sockets that the supervisor holds, bound once each.
struct SocketTable {
    private var bound: [SocketDefinition: BoundSocket] = [:]

    /// Binds those that are not bound yet: all of them, or none.
    mutating func bind(_ definitions: [SocketDefinition]) throws(SocketError) {
        var fresh: [SocketDefinition: BoundSocket] = [:]
        for definition in definitions where bound[definition] == nil && fresh[definition] == nil {
            let address: SocketAddress =
                switch definition.place {
                case .tcp("::", let port) where definitions.contains(where: { Self.isVersion4($0, port) }):
                    .tcp6(address: "::", port: port)
                case .tcp(let host, let port): .tcp(host: host, port: port)
                case .unix(let path, let mode), .unixDatagram(let path, let mode): .unix(path: path, mode: mode)
                case .udp(let host, let port): .tcp(host: host, port: port)
                }
            fresh[definition] = try BoundSocket(address)
        }
        bound.merge(fresh) { old, _ in old }
    }

    /// Whether it takes the IPv4 side of a port for itself, so that "::" must not.
    private static func isVersion4(_ definition: SocketDefinition, _ port: Int) -> Bool {
        guard case .tcp(let host, port) = definition.place else { return false }
        return !host.isEmpty && host != "*" && !host.contains(":")
    }

    /// Closes those that nobody uses any more.
    mutating func keep(_ definitions: [SocketDefinition]) {
        let wanted = Set(definitions)
        bound = bound.filter { wanted.contains($0.key) }
    }

    /// A watcher's sockets, in the order of its definition.
    func inherited(by definition: WatcherDefinition) -> [SpawnRequest.Inherited] {
        definition.sockets.compactMap { socket in
            bound[socket].map { .init(descriptor: $0.descriptor, name: socket.name) }
        }
    }

    var addresses: [(name: String, address: String)] {
        bound.map { ($0.key.name, $0.value.address.description) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }
}
