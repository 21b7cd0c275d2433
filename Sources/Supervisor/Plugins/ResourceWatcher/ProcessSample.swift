internal import Glibc
internal import ProcessControl

/// Reads /proc for the resource watcher. Source: proc(5).
enum ProcessSample {
    private static let ticksPerSecond = max(1, sysconf(CInt(_SC_CLK_TCK)))
    private static let pageSize = max(1, sysconf(CInt(_SC_PAGESIZE)))

    /// The machine's memory in bytes.
    static var totalMemory: Int { sysconf(CInt(_SC_PHYS_PAGES)) * pageSize }

    /// nil: the process has ended.
    static func read(_ pid: ProcessID, descriptors: Bool) -> ResourceJudge.Sample? {
        guard let text = TextFile.read("/proc/\(pid)/stat"), var sample = parse(text, pid: pid) else { return nil }
        if descriptors { sample.descriptors = ProcessTable.entries(of: "/proc/\(pid)/fd").count }
        return sample
    }

    /// The line of /proc/PID/stat: the name stands in brackets and may hold anything.
    static func parse(_ text: String, pid: ProcessID) -> ResourceJudge.Sample? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let user = Int(fields[11]), let system = Int(fields[12]),
            let started = UInt64(fields[19]), let pages = Int(fields[21])
        else { return nil }
        let processor = Duration.milliseconds((user + system) * 1000 / ticksPerSecond)
        return .init(pid: pid, started: started, processor: processor, memory: pages * pageSize)
    }

    /// All descendants of a process, those of its threads included.
    static func descendants(of pid: ProcessID) -> [ProcessID] {
        var found: [ProcessID] = []
        var pending = [pid]
        while let next = pending.popLast(), found.count < 10_000 {
            for thread in ProcessTable.entries(of: "/proc/\(next)/task") {
                let text = TextFile.read("/proc/\(next)/task/\(thread)/children") ?? ""
                let children = text.split(separator: " ").compactMap { ProcessID($0) }
                found += children
                pending += children
            }
        }
        return found
    }
}
