import Glibc

/// The administrator's unix socket, bound before the process is confined, which may make no files then.
enum AdminSocket {
    /// Binds it with mode 0600, in the place of a predecessor's; nil when that cannot be done.
    static func bind(_ path: String) -> CInt? {
        let passing = path + ".new"
        guard passing.utf8.count <= 107 else { return nil }
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        unlink(passing)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: passing.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, chmod(passing, 0o600) == 0, listen(socket, 16) == 0, rename(passing, path) == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    /// The path for this process: of several on one configuration, each but the first has its own.
    static func path(_ configured: String) -> String {
        guard let place = getenv("DOCKMASTER_WID").map({ String(cString: $0) }), let number = Int(place), number > 1,
            configured.hasSuffix(".sock")
        else { return configured }
        return "\(configured.dropLast(5))-\(number).sock"
    }
}
