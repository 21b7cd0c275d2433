internal import Glibc

/// Where a listening socket is bound.
package enum SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric IPv4 address, "0.0.0.0" for all.
    case tcp4(address: String, port: Int)
    /// A numeric IPv6 address, "::" for all (IPv6 only, so that an IPv4 listener can stand beside it).
    case tcp6(address: String, port: Int)
    case unix(path: String, mode: FileMode)

    package var description: String {
        switch self {
        case .tcp4(let address, let port): "\(address):\(port)"
        case .tcp6(let address, let port): "[\(address)]:\(port)"
        case .unix(let path, _): path
        }
    }

    /// The address for a host as it is written in a configuration: "", "*" and "0.0.0.0" are all IPv4 addresses.
    package static func tcp(host: String, port: Int) -> SocketAddress {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare.contains(":") { return .tcp6(address: bare, port: port) }
        return switch bare {
        case "", "*": .tcp4(address: "0.0.0.0", port: port)
        case "localhost": .tcp4(address: "127.0.0.1", port: port)
        default: .tcp4(address: bare, port: port)
        }
    }
}
