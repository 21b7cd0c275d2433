internal import CLinux
internal import Glibc

// The system calls, and what their errors mean.

extension BoundSocket {
    static func bind(_ request: SocketRequest) throws(SocketError) -> OwnedDescriptor {
        switch request.address {
        case .unix(let path, let mode):
            return try bindUnix(path, type: request.kind.number, mode: mode, owner: request.owner)
        case .tcp4(let host, _): return try bindPort(request, host: host, version6: false)
        case .tcp6(let host, _): return try bindPort(request, host: host, version6: true)
        case .any:
            do throws(SocketError) {
                return try bindPort(request, host: "::", version6: true, only6: false)
            } catch {
                switch error {
                case .noAddress: break
                case .system(let reason) where reason.code == EAFNOSUPPORT: break
                default: throw error
                }
                return try bindPort(request, host: "0.0.0.0", version6: false)
            }
        }
    }

    static func listen(_ descriptor: CInt, _ request: SocketRequest) throws(SocketError) {
        guard request.kind == .stream, Glibc.listen(descriptor, request.backlog) != 0 else { return }
        // With SO_REUSEADDR two may bind the same port while neither listens: the second finds out here.
        if errno == EADDRINUSE, let port = request.address.port {
            throw .portTaken(address: "\(request.address)", port: port, holder: SocketHolder.find(port: port))
        }
        throw .system(.last("listen at \(request.address)"))
    }

    static func tie(_ descriptor: CInt, to interface: String) throws(SocketError) {
        switch -clinux_bind_to_interface(descriptor, interface) {
        case 0: return
        case ENODEV: throw .noInterface(interface)
        case EPERM, EACCES: throw .interfaceRefused(interface)
        case let code: throw .system(SystemError("bind to the interface \(interface)", code: code))
        }
    }

    static func setOwner(_ owner: SocketOwner?, of path: String) throws(SocketError) {
        guard let owner else { return }
        guard lchown(path, owner.user ?? .max, owner.group ?? .max) != 0 else { return }
        if errno == EPERM { throw .ownerRefused(path: path) }
        throw .system(.last("set the owner of \(path)"))
    }

    private static func open(_ domain: CInt, _ type: CInt, _ address: String) throws(SocketError) -> OwnedDescriptor {
        let number = socket(domain, type | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard number >= 0 else { throw .system(.last("make a socket for \(address)")) }
        return OwnedDescriptor(adopting: number)
    }

    private static func bindPort(
        _ request: SocketRequest, host: String, version6: Bool, only6: Bool = true
    ) throws(SocketError) -> OwnedDescriptor {
        let port = request.address.port ?? 0
        let descriptor = try open(version6 ? AF_INET6 : AF_INET, request.kind.number, request.description)
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        // For datagrams it would let two processes share the port, each with half of what comes.
        if request.kind == .stream { setsockopt(descriptor.number, SOL_SOCKET, SO_REUSEADDR, &on, size) }
        if version6 {
            var only: CInt = only6 ? 1 : 0
            setsockopt(descriptor.number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &only, size)
        }
        if request.reusesPort {
            let result = clinux_set_reuse_port(descriptor.number, 1)
            guard result == 0 else {
                throw .system(SystemError("set SO_REUSEPORT at \(request.description)", code: -result))
            }
        }
        if let interface = request.interface { try tie(descriptor.number, to: interface) }
        switch -clinux_bind_inet(descriptor.number, host, CInt(port), version6 ? 1 : 0) {
        case 0: return descriptor
        case EADDRINUSE:
            let holder = SocketHolder.find(port: port, datagrams: request.kind == .datagram)
            throw .portTaken(address: host, port: port, holder: holder)
        case EACCES where port < 1024: throw .privileged(port: port)
        case EADDRNOTAVAIL: throw .noAddress(host)
        case EINVAL where HostName.numeric(host) == nil:
            throw .unknownHost(host, reason: "it is no address, and names are looked up only when a file is read")
        case let code: throw .system(SystemError("bind \(request.description)", code: code))
        }
    }

    /// Binds a unix socket; a path left behind by a dead process is replaced, a living one is not.
    static func bindUnix(
        _ path: String, type: CInt, mode: FileMode, owner: SocketOwner? = nil
    ) throws(SocketError) -> OwnedDescriptor {
        guard path.utf8.count <= Int(clinux_unix_path_limit()) else {
            throw .pathTooLong(path: path, limit: Int(clinux_unix_path_limit()))
        }
        let descriptor = try open(AF_UNIX, type, path)
        var result = bindWithMode(descriptor.number, path)
        if result == -EADDRINUSE {
            guard isStale(path) else { throw .pathTaken(path: path, holder: SocketHolder.find(path: path)) }
            unlink(path)
            result = bindWithMode(descriptor.number, path)
        }
        switch -result {
        case 0: break
        case ENOENT, ENOTDIR: throw .noFolder(path: path)
        case EACCES, EROFS: throw .notWritable(path: path)
        case let code: throw .system(SystemError("bind \(path)", code: code))
        }
        do throws(SocketError) {
            try setOwner(owner, of: path)
            guard chmod(path, mode) == 0 else { throw .system(.last("set the mode of \(path)")) }
        } catch {
            unlink(path)
            throw error
        }
        return descriptor
    }

    /// Whether a path is a socket that nobody has bound any more. What is no socket is somebody's file: never stale.
    /// A datagram socket asks: one of another kind that is alive answers EPROTOTYPE, and no server sees a connection.
    private static func isStale(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT }
        guard status.st_mode & S_IFMT == S_IFSOCK,
            let probe = try? open(AF_UNIX, CInt(SOCK_DGRAM.rawValue), path)
        else { return false }
        return [ECONNREFUSED, ENOENT].contains(-clinux_connect_unix(probe.number, path))
    }

    /// The socket is made for its owner alone and opened up to its mode afterwards, never the other way round. The mode
    /// of the descriptor before bind(2) is the path's: no umask, which other threads would feel.
    private static func bindWithMode(_ descriptor: CInt, _ path: String) -> CInt {
        fchmod(descriptor, 0o600)
        return clinux_bind_unix(descriptor, path)
    }
}

extension SocketRequest.Kind {
    var number: CInt { CInt(self == .stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue) }
}
