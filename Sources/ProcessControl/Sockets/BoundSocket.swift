internal import CLinux
internal import Glibc

/// A socket that the supervisor owns: bound once, handed to each instance that serves it, kept over restarts and
/// reloads. Closing it removes a unix socket's path, if the path is still ours.
package final class BoundSocket {
    package private(set) var request: SocketRequest
    /// Whether a unix socket's path stays when this goes: somebody else (systemd, our successor) holds the socket too.
    package var leavesPath = false
    private let socketDescriptor: OwnedDescriptor
    private let path: SocketPath?

    /// Binds, and listens where there are connections to wait for.
    package init(_ request: SocketRequest) throws(SocketError) {
        self.request = request
        socketDescriptor = try Self.bind(request)
        path = request.address.path.flatMap { SocketPath($0) }
        try Self.listen(socketDescriptor.number, request)
        try check(clinux_set_blocking(descriptor, request.isBlocking ? 1 : 0), "set up a socket")
    }

    package convenience init(_ address: SocketAddress, backlog: CInt = 4096) throws(SocketError) {
        var request = SocketRequest(address)
        request.backlog = backlog
        try self.init(request)
    }

    /// Takes over a socket that is bound already, with the options asked for.
    /// - Precondition for sense: `SocketName(descriptor)` matches the request.
    package init(adopting descriptor: consuming OwnedDescriptor, as request: SocketRequest) throws(SocketError) {
        self.request = request
        socketDescriptor = descriptor
        path = request.address.path.flatMap { SocketPath($0) }
        try apply(request)
    }

    /// Goes on with a socket of this process's earlier program, as it is.
    package init(resuming descriptor: consuming OwnedDescriptor, as request: SocketRequest) {
        self.request = request
        socketDescriptor = descriptor
        path = request.address.path.flatMap { SocketPath($0) }
    }

    deinit {
        if !leavesPath { path?.remove() }
    }

    package var address: SocketAddress { request.address }
    package var descriptor: CInt { socketDescriptor.number }

    /// The port of a TCP or UDP socket, the one the kernel chose for port 0.
    package var port: Int? {
        let port = clinux_bound_port(socketDescriptor.number)
        return port >= 0 ? Int(port) : nil
    }

    /// Sets other options on the open socket, which the processes that have it feel as well: all, or none.
    package func change(to new: SocketRequest) throws(SocketError) {
        guard new != request else { return }
        let old = request
        do throws(SocketError) {
            try apply(new)
        } catch {
            try? apply(old)
            throw error
        }
        request = new
    }

    private func apply(_ request: SocketRequest) throws(SocketError) {
        switch request.address {
        case .unix(let name, let mode):
            try Self.setOwner(request.owner, of: name)
            guard chmod(name, mode) == 0 else { throw .system(.last("set the mode of \(name)")) }
        case .tcp4, .tcp6, .any:
            try check(clinux_set_reuse_port(descriptor, request.reusesPort ? 1 : 0), "set SO_REUSEPORT")
            if request.interface != self.request.interface || request.interface != nil {
                try Self.tie(descriptor, to: request.interface ?? "")
            }
        }
        try Self.listen(descriptor, request)
        try check(clinux_set_blocking(descriptor, request.isBlocking ? 1 : 0), "set up a socket")
    }

    private func check(_ result: CInt, _ operation: String) throws(SocketError) {
        guard result >= 0 else { throw .system(SystemError("\(operation) at \(request.description)", code: -result)) }
    }
}
