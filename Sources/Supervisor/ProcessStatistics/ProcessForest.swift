internal import ProcessControl

/// Who is whose child, over all processes of the machine, read once.
struct ProcessForest: Sendable {
    private var children: [ProcessID: [ProcessID]] = [:]

    /// Blocks for a look at each process of the machine: not for the loop's thread.
    static func read() -> ProcessForest {
        let pids = ProcessTable.entries(of: "/proc").compactMap { ProcessID($0) }
        return ProcessForest(
            pids.compactMap { pid in
                TextFile.read("/proc/\(pid)/stat").flatMap { ProcessStat($0) }.map { (pid, $0.parent) }
            })
    }

    init(_ pairs: [(pid: ProcessID, parent: ProcessID)]) {
        for pair in pairs where pair.pid != pair.parent { children[pair.parent, default: []].append(pair.pid) }
    }

    /// All descendants, the nearest first, in ascending order within a generation.
    func descendants(of root: ProcessID) -> [ProcessID] {
        var found: [ProcessID] = []
        var seen: Set<ProcessID> = [root]
        var generation = [root]
        while !generation.isEmpty {
            generation = generation.flatMap { children[$0] ?? [] }.filter { seen.insert($0).inserted }.sorted()
            found += generation
        }
        return found
    }
}
