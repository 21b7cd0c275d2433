internal import CLinux
internal import Glibc

/// A listening socket that the supervisor owns: bound once, handed to each instance that serves it, kept over restarts
/// and reloads. Closing it removes a unix socket's path, if the path is still ours.
package final class BoundSocket {
    package let address: SocketAddress
    private let socketDescriptor: OwnedDescriptor
    private let path: SocketPath?

    /// Binds and listens.
    /// - Parameter backlog: connections that wait while no instance accepts (the kernel caps it at somaxconn).
    package init(_ address: SocketAddress, backlog: CInt = 4096) throws(SocketError) {
        self.address = address
        switch address {
        case .unix(let name, let mode):
            socketDescriptor = try Self.bindUnix(name, type: CInt(SOCK_STREAM.rawValue), mode: mode)
            path = SocketPath(name)
        case .tcp4(let host, let port):
            socketDescriptor = try Self.bindTCP(address, host: host, port: port, version6: false)
            path = nil
        case .tcp6(let host, let port):
            socketDescriptor = try Self.bindTCP(address, host: host, port: port, version6: true)
            path = nil
        case .any(let port):
            socketDescriptor = try Self.bindAny(port)
            path = nil
        }
        guard listen(socketDescriptor.number, backlog) == 0 else {
            // With SO_REUSEADDR two may bind the same port while neither listens: the second finds out here.
            if errno == EADDRINUSE, let port = Self.port(of: address) {
                throw .portTaken(address: "\(address)", port: port, holder: SocketHolder.find(port: port))
            }
            throw .system(.last("listen at \(address)"))
        }
    }

    deinit {
        path?.remove()
    }

    package var descriptor: CInt { socketDescriptor.number }

    /// The port of a TCP socket, the one the kernel chose for port 0.
    package var port: Int? {
        let port = clinux_bound_port(socketDescriptor.number)
        return port >= 0 ? Int(port) : nil
    }

    private static func open(_ domain: CInt, _ type: CInt, _ address: String) throws(SocketError) -> OwnedDescriptor {
        let number = socket(domain, type | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard number >= 0 else { throw .system(.last("make a socket for \(address)")) }
        return OwnedDescriptor(adopting: number)
    }

    private static func port(of address: SocketAddress) -> Int? {
        switch address {
        case .tcp4(_, let port), .tcp6(_, let port), .any(let port): port
        case .unix: nil
        }
    }

    private static func bindAny(_ port: Int) throws(SocketError) -> OwnedDescriptor {
        let address = SocketAddress.any(port: port)
        do throws(SocketError) {
            return try bindTCP(address, host: "::", port: port, version6: true, only6: false)
        } catch {
            guard case .system(let reason) = error, [EAFNOSUPPORT, EADDRNOTAVAIL].contains(reason.code) else {
                throw error
            }
            return try bindTCP(address, host: "0.0.0.0", port: port, version6: false)
        }
    }

    private static func bindTCP(
        _ address: SocketAddress, host: String, port: Int, version6: Bool, only6: Bool = true
    ) throws(SocketError) -> OwnedDescriptor {
        let descriptor = try open(version6 ? AF_INET6 : AF_INET, CInt(SOCK_STREAM.rawValue), "\(address)")
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        setsockopt(descriptor.number, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if version6 {
            var only: CInt = only6 ? 1 : 0
            setsockopt(descriptor.number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &only, size)
        }
        let result = clinux_bind_tcp(descriptor.number, host, CInt(port), version6 ? 1 : 0)
        switch -result {
        case 0: return descriptor
        case EADDRINUSE: throw .portTaken(address: host, port: port, holder: SocketHolder.find(port: port))
        case EACCES where port < 1024: throw .privileged(port: port)
        case let code: throw .system(SystemError("bind \(address)", code: code))
        }
    }

    /// Binds a unix socket; a path left behind by a dead process is replaced, a living one is not.
    static func bindUnix(_ path: String, type: CInt, mode: FileMode) throws(SocketError) -> OwnedDescriptor {
        guard path.utf8.count <= Int(clinux_unix_path_limit()) else {
            throw .pathTooLong(path: path, limit: Int(clinux_unix_path_limit()))
        }
        let descriptor = try open(AF_UNIX, type, path)
        var result = bindWithMode(descriptor.number, path)
        if result == -EADDRINUSE {
            let probe = try open(AF_UNIX, type, path)
            let answer = clinux_connect_unix(probe.number, path)
            guard answer == -ECONNREFUSED || answer == -ENOENT else {
                throw .pathTaken(path: path, holder: SocketHolder.find(path: path))
            }
            unlink(path)
            result = bindWithMode(descriptor.number, path)
        }
        guard result == 0 else { throw .system(SystemError("bind \(path)", code: -result)) }
        guard chmod(path, mode) == 0 else { throw .system(.last("set the mode of \(path)")) }
        return descriptor
    }

    /// The socket is made for its owner alone and opened up to its mode afterwards, never the other way round. The mode
    /// of the descriptor before bind(2) is the path's: no umask, which other threads would feel.
    private static func bindWithMode(_ descriptor: CInt, _ path: String) -> CInt {
        fchmod(descriptor, 0o600)
        return clinux_bind_unix(descriptor, path)
    }
}
