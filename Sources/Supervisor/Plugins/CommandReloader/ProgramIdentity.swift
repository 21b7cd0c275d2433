internal import CLinux
internal import Glibc
internal import ProcessControl

/// Which program a path names right now: where its links lead, and which file stands there in which version.
struct ProgramIdentity: Sendable, Equatable {
    let path: String
    let device: UInt64
    let inode: UInt64
    let changed: Int64

    /// nil: there is no executable file at the path, for the moment at least.
    init?(of path: String) {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        var status = clinux_status()
        guard clinux_stat(real, &status) == 0, status.is_file, access(real, X_OK) == 0 else { return nil }
        self.path = String(cString: real)
        device = status.device
        inode = status.inode
        changed = status.modified
    }

    /// Every folder in which a change can make the path name another program: its own, and that of each link on the way.
    static func folders(of path: String) -> Set<String> {
        var folders: Set<String> = []
        var pending = [path]
        var hops = 0
        while let next = pending.popLast(), hops < 40 {
            hops += 1
            var walked = ""
            let parts = next.split(separator: "/")
            for (index, part) in parts.enumerated() {
                let parent = walked.isEmpty ? "/" : walked
                walked += "/\(part)"
                if let target = SymbolicLink.target(walked) {
                    folders.insert(parent)
                    let rest = parts[(index + 1)...].joined(separator: "/")
                    let base = target.hasPrefix("/") ? target : "\(parent)/\(target)"
                    pending.append(rest.isEmpty ? base : "\(base)/\(rest)")
                    break
                }
                if index == parts.count - 1 { folders.insert(parent) }
            }
        }
        return folders
    }
}
