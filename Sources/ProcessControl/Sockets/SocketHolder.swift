/// Finds the process that listens at an address, through /proc/net and /proc/*/fd. Processes of other users are visible
/// to root only; for those the answer is nil.
package enum SocketHolder {
    /// The process that listens at a TCP port, or has a UDP port.
    package static func find(port: Int, datagrams: Bool = false) -> SocketError.Holder? {
        for table in datagrams
            ? ["/proc/self/net/udp", "/proc/self/net/udp6"] : ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
        {
            let text = TextFile.read(table) ?? ""
            let state = datagrams ? "07" : "0A"
            if let inode = boundInode(in: text, port: port, state: state), let holder = holder(of: inode) {
                return holder
            }
        }
        return nil
    }

    /// The process that has a unix socket bound at a path.
    package static func find(path: String) -> SocketError.Holder? {
        for line in (TextFile.read("/proc/self/net/unix") ?? "").split(separator: "\n") where line.hasSuffix(" " + path)
        {
            let fields = line.split(separator: " ")
            if fields.count >= 8, let inode = UInt64(fields[6]), let holder = holder(of: inode) { return holder }
        }
        return nil
    }

    /// The inode of the socket that listens (state 0A; UDP: 07) at a port, in the text of /proc/self/net/tcp or udp.
    static func boundInode(in table: String, port: Int, state: String = "0A") -> UInt64? {
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count >= 10, fields[3] == state, let digits = fields[1].split(separator: ":").last,
                Int(digits, radix: 16) == port, let inode = UInt64(fields[9])
            else { continue }
            return inode
        }
        return nil
    }

    private static func holder(of inode: UInt64) -> SocketError.Holder? {
        guard let pid = ProcessTable.holder(ofSocket: inode) else { return nil }
        return .init(pid: pid, program: ProcessTable.name(of: pid) ?? "a process")
    }
}
