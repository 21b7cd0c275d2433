/// Counts, process by process, how often in a row a limit was passed. No clock and no /proc: samples come with their time.
struct ResourceJudge: Sendable, Equatable {
    /// What a process has used.
    struct Sample: Sendable, Equatable {
        var pid: Int32
        /// When it started, in ticks since boot: a pid that was given again is another process.
        var started: UInt64
        /// Processor time so far.
        var processor: Duration
        /// Resident bytes.
        var memory: Int
        var descriptors: Int?
    }

    struct Finding: Sendable, Equatable {
        var pid: Int32
        /// "912 MiB > 800 MiB, 3 times in a row"
        var reason: String
    }

    private enum Measure: Hashable { case maxCPU, minCPU, maxMemory, minMemory, descriptors, health }
    private struct Record: Equatable {
        var started: UInt64
        var processor: Duration
        var time: Duration
        var counts: [Measure: Int] = [:]
    }

    private var records: [Int32: Record] = [:]
    let limits: ResourceLimits
    let totalMemory: Int

    init(limits: ResourceLimits, totalMemory: Int) {
        self.limits = limits
        self.totalMemory = totalMemory
    }

    /// - Parameter samples: every process there is; those that are missing are forgotten.
    mutating func judge(_ samples: [Sample], at now: Duration) -> [Finding] {
        var findings: [Finding] = []
        var next: [Int32: Record] = [:]
        for sample in samples {
            let before = records[sample.pid].flatMap { $0.started == sample.started ? $0 : nil }
            var record = Record(started: sample.started, processor: sample.processor, time: now)
            var worst: String?
            for (measure, words) in passed(sample, since: before, at: now) {
                let count = (before?.counts[measure] ?? 0) + 1
                record.counts[measure] = count
                if count >= limits.count { worst = worst ?? "\(words), \(count) times in a row" }
            }
            if let worst {
                findings.append(Finding(pid: sample.pid, reason: worst))
                record.counts = [:]
            }
            next[sample.pid] = record
        }
        records = next
        return findings
    }

    /// The limits that a sample passes, each in words.
    private func passed(_ sample: Sample, since before: Record?, at now: Duration) -> [(Measure, String)] {
        var passed: [(Measure, String)] = []
        let memoryShare = totalMemory > 0 ? Double(sample.memory) * 100 / Double(totalMemory) : 0
        if let most = limits.maxMemory?.bytes(of: totalMemory), sample.memory > most {
            passed.append((.maxMemory, "\(Self.size(sample.memory)) > \(Self.size(most))"))
        }
        if let least = limits.minMemory?.bytes(of: totalMemory), sample.memory < least {
            passed.append((.minMemory, "\(Self.size(sample.memory)) < \(Self.size(least))"))
        }
        if let most = limits.maxDescriptors, let open = sample.descriptors, open > most {
            passed.append((.descriptors, "\(open) open files > \(most)"))
        }
        // A share of time needs two samples.
        guard let before, now > before.time else { return passed }
        let share = (sample.processor - before.processor) / (now - before.time) * 100
        if let most = limits.maxCPU, share > most {
            passed.append((.maxCPU, "\(Self.percent(share)) cpu > \(Self.percent(most))"))
        }
        if let least = limits.minCPU, share < least {
            passed.append((.minCPU, "\(Self.percent(share)) cpu < \(Self.percent(least))"))
        }
        if let threshold = limits.health, (share + memoryShare) / 2 > threshold {
            let mean = (share + memoryShare) / 2
            passed.append((.health, "mean of cpu and memory \(Self.percent(mean)) > \(Self.percent(threshold))"))
        }
        return passed
    }

    /// "912 MiB", "1.5 GiB".
    static func size(_ bytes: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift {
            let tenths = bytes * 10 / (1 << shift)
            return tenths >= 100 || tenths % 10 == 0
                ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(bytes) B"
    }

    private static func percent(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }
}
