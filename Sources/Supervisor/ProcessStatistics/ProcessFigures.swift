internal import CLinux
internal import Glibc
internal import ProcessControl

/// What the kernel tells of one process at one moment. What may not be read (another user's, without the right to) is nil.
/// - Source: proc(5).
struct ProcessFigures: Sendable, Equatable {
    var pid: ProcessID
    var parent: ProcessID
    /// The program's name, at most 15 bytes.
    var name: String
    /// The kernel's letter: R, S, D, T, Z, …
    var state: Character
    var user: UInt32?
    var nice: Int
    var threads: Int
    /// User and system time since the start.
    var processorTime: Duration
    /// Since the start of the process.
    var age: Duration
    /// Resident memory in bytes, shared pages counted in full.
    var residentMemory: Int
    /// Memory in bytes, each shared page divided by those who share it.
    var proportionalMemory: Int?
    var virtualMemory: Int
    /// Open descriptors.
    var descriptors: Int?

    /// Share of one processor over the process's life, in percent.
    var lifetimePercent: Double {
        let seconds = age / .seconds(1)
        return seconds > 0 ? processorTime / .seconds(1) / seconds * 100 : 0
    }

    /// - Parameter detail: with what costs more to find out: proportional memory and descriptors.
    init?(_ pid: ProcessID, uptime: Duration, detail: Bool) {
        guard let text = TextFile.read("/proc/\(pid)/stat"), let stat = ProcessStat(text) else { return nil }
        self.pid = pid
        parent = stat.parent
        name = stat.name
        state = stat.state
        nice = stat.nice
        threads = stat.threads
        processorTime = Self.ticks(stat.userTicks + stat.systemTicks)
        age = max(.zero, uptime - Self.ticks(stat.startTicks))
        residentMemory = stat.residentPages * Int(sysconf(CInt(_SC_PAGESIZE)))
        virtualMemory = stat.virtualBytes
        guard detail else { return }
        let status = TextFile.read("/proc/\(pid)/status") ?? ""
        user = Self.field("Uid:", of: status).flatMap { UInt32($0) }
        let memory = TextFile.read("/proc/\(pid)/smaps_rollup") ?? ""
        proportionalMemory = Self.field("Pss:", of: memory).flatMap { Int($0) }.map { $0 * 1024 }
        if access("/proc/\(pid)/fd", R_OK | X_OK) == 0 {
            descriptors = ProcessTable.entries(of: "/proc/\(pid)/fd").count
        }
    }

    /// Time since boot, suspended time included, as process start times are counted.
    static func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func ticks(_ count: Int) -> Duration {
        .milliseconds(Int64(count) * 1000 / Int64(max(1, sysconf(CInt(_SC_CLK_TCK)))))
    }

    /// The first word after a label at the start of a line.
    private static func field(_ label: String, of text: String) -> Substring? {
        for line in text.split(separator: "\n") where line.hasPrefix(label) {
            return line.dropFirst(label.count).split { $0 == " " || $0 == "\t" }.first
        }
        return nil
    }
}
