/// A listening socket as it is configured: bound once by the supervisor and passed on under its name.
package struct SocketDefinition: Sendable, Equatable, Hashable {
    /// Where it is bound.
    package enum Place: Sendable, Equatable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String, mode: UInt32)
    }

    /// The name in LISTEN_FDNAMES; several sockets may share it (IPv4 and IPv6).
    package var name: String
    package var place: Place

    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }
}
