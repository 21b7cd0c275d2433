/// Where a worker that is run by itself listens.
package enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A socket in the file system, made with mode 0600 less what the umask takes.
    case unix(path: String)
    case tcp(host: String, port: Int)

    package var description: String {
        switch self {
        case .unix(let path): path
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

extension ListenAddress {
    /// Whether nobody on a network reaches it: a unix socket, or this machine's own addresses.
    package var isPrivate: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _):
            host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.utf8.allSatisfy { $0 < 58 })
        }
    }
}
