internal import Glibc

/// Where a socket is bound: a port (of TCP, or of UDP for a datagram socket) or a path.
package enum SocketAddress: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A numeric IPv4 address, "0.0.0.0" for all.
    case tcp4(address: String, port: Int)
    /// A numeric IPv6 address, "::" for all (IPv6 only, so that an IPv4 listener can stand beside it).
    case tcp6(address: String, port: Int)
    /// Every address of this machine, IPv6 and IPv4 alike; IPv4 alone where the kernel has no IPv6.
    case any(port: Int)
    case unix(path: String, mode: FileMode)

    package var description: String {
        switch self {
        case .tcp4(let address, let port): "\(address):\(port)"
        case .tcp6(let address, let port): "[\(address)]:\(port)"
        case .any(let port): "*:\(port)"
        case .unix(let path, _): path
        }
    }

    /// The address for a host as it is written in a configuration: "", "*" and "::" are every address.
    package static func tcp(host: String, port: Int) -> SocketAddress {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if ["", "*", "::"].contains(bare) { return .any(port: port) }
        if bare.contains(":") { return .tcp6(address: bare, port: port) }
        return .tcp4(address: bare == "localhost" ? "127.0.0.1" : bare, port: port)
    }

    package var port: Int? {
        switch self {
        case .tcp4(_, let port), .tcp6(_, let port), .any(let port): port
        case .unix: nil
        }
    }

    package var path: String? {
        if case .unix(let path, _) = self { path } else { nil }
    }

    /// Whether it is the same for bind(2): the mode of a path is not.
    package func isSamePlace(as other: SocketAddress) -> Bool {
        if let path { path == other.path } else { self == other }
    }
}
