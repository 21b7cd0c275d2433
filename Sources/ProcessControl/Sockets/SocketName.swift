internal import CLinux
internal import Glibc

/// What the kernel says about an open socket: how an inherited one is recognised.
package struct SocketName: Sendable, Hashable, CustomStringConvertible {
    private enum Family: Sendable, Hashable {
        case version4
        case version6(only: Bool)
        case unix
    }

    private let family: Family
    private let name: String
    private let port: Int
    private let kind: SocketRequest.Kind

    /// Nil for what is no bound socket of a known family, and for a stream socket that does not listen.
    package init?(_ descriptor: CInt) {
        var socket = clinux_socket()
        guard clinux_describe_socket(descriptor, &socket) == 0, socket.datagram != 0 || socket.listening != 0 else {
            return nil
        }
        switch socket.family {
        case AF_INET: family = .version4
        case AF_INET6: family = .version6(only: socket.only_version6 != 0)
        default: family = .unix
        }
        kind = socket.datagram != 0 ? .datagram : .stream
        port = Int(socket.port)
        name = withUnsafeBytes(of: &socket.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name.isEmpty { return nil }
    }

    /// Whether it is bound where the request wants to be. The path of a unix socket must still be there.
    package func matches(_ request: SocketRequest) -> Bool {
        guard kind == request.kind else { return false }
        return switch (request.address, family) {
        case (.unix(let path, _), .unix): path == name && SocketPath(path) != nil
        case (.tcp4(let host, let port), .version4): host == name && port == self.port
        case (.tcp6(let host, let port), .version6): Self.isSame(host, name) && port == self.port
        case (.any(let port), .version6(only: false)): name == "::" && port == self.port
        case (.any(let port), .version4): name == "0.0.0.0" && port == self.port
        case (.unix, _), (.tcp4, _), (.tcp6, _), (.any, _): false
        }
    }

    /// IPv6 addresses have many spellings.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        var one = in6_addr()
        var other = in6_addr()
        guard inet_pton(AF_INET6, left, &one) == 1, inet_pton(AF_INET6, right, &other) == 1 else { return false }
        return withUnsafeBytes(of: &one) { one in withUnsafeBytes(of: &other) { one.elementsEqual($0) } }
    }

    package var description: String {
        let place =
            switch family {
            case .version4: "\(name):\(port)"
            case .version6: "[\(name)]:\(port)"
            case .unix: name
            }
        return kind == .datagram ? "\(place) (datagrams)" : place
    }
}
