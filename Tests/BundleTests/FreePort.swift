import Glibc

/// Ports for a test's servers, and a listener that holds one.
enum FreePort {
    /// Ports that nobody listens on at this moment, all different. Below the range the kernel hands to clients.
    static func some(_ count: Int) -> [Int] {
        var found: [Int] = []
        while found.count < count {
            let port = Int.random(in: 20000...29999)
            guard !found.contains(port), let descriptor = listen(on: port) else { continue }
            close(descriptor)
            found.append(port)
        }
        return found
    }

    /// A listening socket on every IPv4 address, nil when the port is taken. The caller closes it.
    static func listen(on port: Int) -> CInt? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0, Glibc.listen(descriptor, 16) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
