internal import ProcessControl

/// What `dockmaster top` shows: the newest figures, their course, and what the keys have chosen. A pure value.
struct TopModel {
    enum Sort: String, CaseIterable {
        case cpu, memory, name, restarts, uptime
    }

    struct Row: Equatable {
        /// What its course is kept under, and what stays selected.
        var id: String
        var title: String
        /// The watcher that `r` restarts.
        var watcher: String
        var pid: Int?
        var state: String
        var cpu: Double?
        var memory: Int?
        var descriptors: Int?
        var restarts: Int
        /// Seconds.
        var uptime: Int?
    }

    struct Course: Equatable {
        static let length = 240
        var cpu: [Double] = []
        var memory: [Double] = []

        mutating func note(cpu: Double, memory: Double) {
            self.cpu.append(cpu)
            self.memory.append(memory)
            if self.cpu.count > Self.length {
                self.cpu.removeFirst()
                self.memory.removeFirst()
            }
        }
    }

    private(set) var summary = ""
    private(set) var about = ""
    private(set) var isReady = false
    private(set) var courses: [String: Course] = [:]
    private var watcherRows: [Row] = []
    private var processRows: [Row] = []
    private var meter = ProcessorMeter()

    var showsProcesses = false
    var sort = Sort.cpu
    private(set) var selected: String?
    /// The watcher whose restart waits for a yes.
    var asks: String?
    /// What the last key came to, or why there are no new figures.
    var message = ""

    // MARK: Figures

    mutating func note(status: JSONValue, stats: JSONValue, at time: MonotonicTime = .now) {
        meter.note(stats, at: time)
        summary = status["summary"].string ?? ""
        isReady = status["ready"].bool ?? false
        about =
            "dockmaster \(status["version"].string ?? ""), pid \(status["pid"].integer ?? 0), up "
            + Figures.span(status["uptime_s"].integer)
        watcherRows = []
        processRows = []
        for watcher in status["watchers"].values {
            let name = watcher["name"].string ?? ""
            let usage = stats["watchers"].values.first { $0["watcher"].string == name } ?? .null
            note(watcher, name, usage)
        }
        let ids = Set((watcherRows + processRows).map(\.id))
        courses = courses.filter { ids.contains($0.key) }
        if selected.map({ !ids.contains($0) }) ?? true { selected = rows.first?.id }
    }

    private mutating func note(_ watcher: JSONValue, _ name: String, _ usage: JSONValue) {
        let instances = watcher["instances"].values
        var shares: [Double] = []
        var memory = 0
        for instance in instances {
            let pid = instance["pid"].integer
            let process = usage["processes"].values.first { $0["pid"].integer == pid && pid != nil } ?? .null
            let all = process.isNull ? [] : [process] + process["children"].values
            let own = all.compactMap { meter.percent($0["pid"].integer ?? 0) }
            let share = own.isEmpty ? nil : own.reduce(0, +)
            let used = all.compactMap { $0["pss"].integer ?? $0["rss"].integer }.reduce(0, +)
            if let share { shares.append(share) }
            memory += used
            let row = Row(
                id: "\(name)/\(instance["instance"].integer ?? 0)",
                title: "\(name)[\(instance["instance"].integer ?? 0)]", watcher: name, pid: pid,
                state: instance["state"].string ?? "", cpu: share, memory: all.isEmpty ? nil : used,
                descriptors: Self.sum(all, "fds"), restarts: instance["restarts"].integer ?? 0,
                uptime: instance["uptime_s"].integer)
            processRows.append(row)
            courses[row.id, default: Course()].note(cpu: share ?? 0, memory: Double(used))
        }
        let everything = usage["processes"].values.flatMap { [$0] + $0["children"].values }
        let cpu = shares.isEmpty ? nil : shares.reduce(0, +)
        watcherRows.append(
            Row(
                id: name, title: instances.count > 1 ? "\(name) ×\(instances.count)" : name, watcher: name, pid: nil,
                state: watcher["state"].string ?? "", cpu: cpu, memory: everything.isEmpty ? nil : memory,
                descriptors: Self.sum(everything, "fds"),
                restarts: instances.compactMap { $0["restarts"].integer }.reduce(0, +),
                uptime: instances.compactMap { $0["uptime_s"].integer }.min()))
        courses[name, default: Course()].note(cpu: cpu ?? 0, memory: Double(memory))
    }

    private static func sum(_ entries: [JSONValue], _ key: String) -> Int? {
        let values = entries.compactMap { $0[key].integer }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    // MARK: What is shown

    /// In the order chosen; equals keep the watchers' starting order.
    var rows: [Row] {
        let rows = showsProcesses ? processRows : watcherRows
        func sorted(_ before: (Row, Row) -> Bool) -> [Row] {
            rows.enumerated().sorted {
                before($0.element, $1.element)
                    || !before($1.element, $0.element) && $0.offset < $1.offset
            }.map(\.element)
        }
        return switch sort {
        case .cpu: sorted { ($0.cpu ?? -1) > ($1.cpu ?? -1) }
        case .memory: sorted { ($0.memory ?? -1) > ($1.memory ?? -1) }
        case .name: sorted { $0.title < $1.title }
        case .restarts: sorted { $0.restarts > $1.restarts }
        case .uptime: sorted { ($0.uptime ?? .max) < ($1.uptime ?? .max) }
        }
    }

    var selectedRow: Row? { rows.first { $0.id == selected } }

    mutating func select(by step: Int) {
        let rows = rows
        guard !rows.isEmpty else { return }
        let index = rows.firstIndex { $0.id == selected } ?? 0
        selected = rows[min(rows.count - 1, max(0, index + step))].id
    }

    mutating func select(_ watcher: String) {
        selected = rows.first { $0.watcher == watcher }?.id
    }
}
