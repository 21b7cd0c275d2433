/// A socket as it is configured: bound once by the supervisor and passed on under its name.
package struct SocketDefinition: Sendable, Equatable, Hashable, Codable {
    /// Where it is bound.
    package enum Place: Sendable, Equatable, Hashable, Codable {
        case tcp(host: String, port: Int)
        case udp(host: String, port: Int)
        case unix(path: String, mode: UInt32)
        /// A unix socket of datagrams.
        case unixDatagram(path: String, mode: UInt32)
    }

    /// The name in LISTEN_FDNAMES; several sockets may share it (IPv4 and IPv6).
    package var name: String
    package var place: Place
    /// Connections that wait while nobody accepts; the kernel caps it at somaxconn.
    package var backlog: Int32 = 4096
    /// SO_REUSEPORT: other processes may bind the same port.
    package var reusePort = false
    /// SO_BINDTODEVICE.
    package var interface: String?
    /// Who owns a unix socket's path: "user", "user:group" or ":group".
    package var owner: String?
    /// Whether the receiver finds the descriptor in blocking mode.
    package var blocking = false

    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }
}
