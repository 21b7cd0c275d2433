internal import CLinux
internal import Glibc

/// What /proc tells about this process and others.
package enum ProcessTable {
    /// Orphans of our descendants come to us although we are not PID 1.
    package static func becomeSubreaper() throws(SystemError) {
        try checked(clinux_become_subreaper(), "become the reaper of orphans")
    }

    /// The name of a process's program, "nginx".
    package static func name(of pid: ProcessID) -> String? {
        guard let text = TextFile.read("/proc/\(pid)/comm") else { return nil }
        return text.split(separator: "\n").first.map(String.init)
    }

    /// The children of this process, those of its threads included: what is left to end before we exit.
    package static func children() -> [ProcessID] { children(of: "self") }

    /// The children of a process, or everything below it.
    package static func descendants(of pid: ProcessID, recursive: Bool = true) -> [ProcessID] {
        var found: [ProcessID] = []
        var next = [pid]
        var seen: Set<ProcessID> = [pid]
        while let parent = next.popLast() {
            for child in children(of: "\(parent)") where seen.insert(child).inserted {
                found.append(child)
                if recursive { next.append(child) }
            }
        }
        return found
    }

    /// When a process was started, in the kernel's own figures: together with the pid it names one process for ever.
    /// - Returns: nil where there is none, or only its zombie.
    package static func startTime(of pid: ProcessID) -> String? {
        guard let text = TextFile.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }

    private static func children(of process: String) -> [ProcessID] {
        entries(of: "/proc/\(process)/task").flatMap { thread -> [ProcessID] in
            let text = TextFile.read("/proc/\(process)/task/\(thread)/children") ?? ""
            return text.split(separator: " ").compactMap { ProcessID($0) }
        }
    }

    /// The process that has the socket with this inode open.
    package static func holder(ofSocket inode: UInt64) -> ProcessID? {
        let wanted = "socket:[\(inode)]"
        for entry in entries(of: "/proc") {
            guard let pid = ProcessID(entry) else { continue }
            let folder = "/proc/\(pid)/fd"
            if entries(of: folder).contains(where: { SymbolicLink.target("\(folder)/\($0)") == wanted }) { return pid }
        }
        return nil
    }

    package static func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The folder of the running program.
    package static func ownExecutable() -> String? { SymbolicLink.target("/proc/self/exe") }
}
