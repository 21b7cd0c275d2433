internal import ProcessControl

/// Shares of one processor between two looks, from the processor time that the supervisor tells.
struct ProcessorMeter {
    private struct Look {
        var time: MonotonicTime
        var seconds: [Int: Double] = [:]
    }

    private var before: Look?
    private var now: Look?

    /// - Parameter stats: what /v1/stats answers.
    mutating func note(_ stats: JSONValue, at time: MonotonicTime = .now) {
        before = now
        var look = Look(time: time)
        for watcher in stats["watchers"].values {
            for process in watcher["processes"].values {
                for entry in [process] + process["children"].values {
                    if let pid = entry["pid"].integer { look.seconds[pid] = entry["cpu_s"].number }
                }
            }
        }
        now = look
    }

    /// nil for a process that was not there before.
    func percent(_ pid: Int) -> Double? {
        guard let before, let now, let old = before.seconds[pid], let new = now.seconds[pid] else { return nil }
        let span = now.time.since(before.time) / .seconds(1)
        return span > 0 ? max(0, (new - old) / span * 100) : nil
    }
}
