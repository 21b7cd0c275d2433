internal import ProcessControl

/// What the processes of one watcher use, with their descendants.
struct WatcherStatistics: Sendable {
    struct Process: Sendable {
        /// "registry[2]": which of the watcher's processes.
        var instance: Int
        var sample: ProcessFigures
        var children: [ProcessFigures]

        var all: [ProcessFigures] { [sample] + children }
    }

    /// What is to be looked at: taken from the arbiter on its own thread, read on another.
    struct Subject: Sendable {
        var watcher: String
        var processes: [(instance: Int, pid: ProcessID)]
    }

    var watcher: String
    var processes: [Process]

    var all: [ProcessFigures] { processes.flatMap(\.all) }

    /// Reads /proc once for all of them. Blocks.
    static func read(_ subjects: [Subject]) -> [WatcherStatistics] {
        let forest = ProcessForest.read()
        let uptime = ProcessFigures.uptime()
        return subjects.map { subject in
            let processes = subject.processes.compactMap { process -> Process? in
                guard let sample = ProcessFigures(process.pid, uptime: uptime, detail: true) else { return nil }
                let children = forest.descendants(of: process.pid).compactMap {
                    ProcessFigures($0, uptime: uptime, detail: true)
                }
                return Process(instance: process.instance, sample: sample, children: children)
            }
            return WatcherStatistics(watcher: subject.watcher, processes: processes)
        }
    }

    // MARK: JSON

    var json: JSONValue {
        let processes = self.processes.map { Self.describe($0) }
        return .object([
            ("watcher", .string(watcher)), ("totals", Self.totals(all)), ("processes", .array(processes)),
        ])
    }

    private static func describe(_ process: Process) -> JSONValue {
        let children = process.children.map { JSONValue.object(members($0)) }
        let first: [(String, JSONValue)] = [("instance", .integer(process.instance))]
        return .object(first + members(process.sample) + [("children", .array(children))])
    }

    static func totals(_ samples: [ProcessFigures]) -> JSONValue {
        var threads = 0
        var resident = 0
        var proportional: Int?
        var descriptors: Int?
        var processorTime = Duration.zero
        var share = 0.0
        for sample in samples {
            threads += sample.threads
            resident += sample.residentMemory
            processorTime += sample.processorTime
            share += sample.lifetimePercent
            if let own = sample.proportionalMemory { proportional = (proportional ?? 0) + own }
            if let own = sample.descriptors { descriptors = (descriptors ?? 0) + own }
        }
        return .object([
            ("processes", .integer(samples.count)), ("threads", .integer(threads)),
            ("cpu_s", seconds(processorTime)), ("cpu_percent", percent(share)), ("rss", .integer(resident)),
            ("pss", optional(proportional)), ("fds", optional(descriptors)),
        ])
    }

    static func members(_ sample: ProcessFigures) -> [(String, JSONValue)] {
        [
            ("pid", .integer(Int(sample.pid))), ("parent", .integer(Int(sample.parent))),
            ("name", .string(sample.name)), ("state", .string(String(sample.state))),
            ("uid", optional(sample.user.map { Int($0) })), ("nice", .integer(sample.nice)),
            ("threads", .integer(sample.threads)), ("cpu_s", seconds(sample.processorTime)),
            ("cpu_percent", percent(sample.lifetimePercent)), ("rss", .integer(sample.residentMemory)),
            ("pss", optional(sample.proportionalMemory)),
            ("vms", .integer(sample.virtualMemory)), ("fds", optional(sample.descriptors)),
            ("age_s", seconds(sample.age)),
        ]
    }

    private static func optional(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }

    private static func seconds(_ duration: Duration) -> JSONValue {
        .number((duration / .milliseconds(10)).rounded() / 100)
    }

    private static func percent(_ value: Double) -> JSONValue { .number((value * 10).rounded() / 10) }
}
