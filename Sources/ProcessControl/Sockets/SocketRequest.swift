/// A listening or receiving socket to be bound: where, of which kind, with which options.
package struct SocketRequest: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case stream
        case datagram
    }

    package var address: SocketAddress
    package var kind = Kind.stream
    /// Connections that wait while nobody accepts (the kernel caps it at somaxconn).
    package var backlog: CInt = 4096
    /// SO_REUSEPORT.
    package var reusesPort = false
    /// SO_BINDTODEVICE.
    package var interface: String?
    /// Who owns a unix socket's path; nil: this process's user and group.
    package var owner: SocketOwner?
    /// Whether the receiver finds the descriptor in blocking mode.
    package var isBlocking = false

    package init(_ address: SocketAddress, kind: Kind = .stream) {
        self.address = address
        self.kind = kind
    }

    /// Whether both are one and the same for the kernel: an open socket can take up the other's options.
    package func isSamePlace(as other: SocketRequest) -> Bool {
        kind == other.kind && address.isSamePlace(as: other.address)
    }

    package var description: String { kind == .stream || address.path != nil ? "\(address)" : "\(address) (UDP)" }
}
