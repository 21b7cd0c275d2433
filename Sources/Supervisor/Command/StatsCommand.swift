internal import ArgumentParser
internal import Glibc

/// `dockmaster stats`: what the processes use. The processor's share is measured between two looks.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Show processor, memory, descriptors and threads, per process and watcher.")

    @OptionGroup var selection: WatcherSelection
    @Flag(help: "A line for each descendant as well; the watchers' sums hold them anyway.")
    var children = false
    @OptionGroup var control: ControlArguments

    /// Between the two looks.
    private static let pause: UInt32 = 300_000

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control)
            let query = try selection.isEmpty ? [] : [("watcher", selection.pattern(caller))]
            if control.json { return Output.print(try caller.get("/v1/stats", query)) }
            var meter = ProcessorMeter()
            meter.note(try caller.get("/v1/stats", query))
            usleep(Self.pause)
            let stats = try caller.get("/v1/stats", query)
            meter.note(stats)
            Output.print(Self.table(stats, meter, children: children))
        }
    }

    static func table(_ stats: JSONValue, _ meter: ProcessorMeter, children: Bool) -> TextTable {
        var table = TextTable(["WATCHER", "PID", "CPU%", "PSS", "RSS", "FDS", "THREADS", "AGE", "PROGRAM"])
        for watcher in stats["watchers"].values {
            let name = watcher["watcher"].string ?? ""
            let processes = watcher["processes"].values
            let all = processes.flatMap { [$0] + $0["children"].values }
            if all.count != 1 {
                let share = all.compactMap { meter.percent($0["pid"].integer ?? 0) }.reduce(0, +)
                table.rows.append(row(.init(name, .bold), watcher["totals"], share, "\(all.count) processes"))
            }
            for process in processes {
                let share = meter.percent(process["pid"].integer ?? 0)
                let title = "\(all.count == 1 ? "" : "  ")\(name)[\(process["instance"].integer ?? 0)]"
                table.rows.append(row(.init(title), process, share, process["name"].string ?? ""))
                guard children else { continue }
                for child in process["children"].values {
                    let share = meter.percent(child["pid"].integer ?? 0)
                    table.rows.append(row(.init("    └", .faint), child, share, child["name"].string ?? ""))
                }
            }
        }
        return table
    }

    private static func row(
        _ title: TextTable.Cell, _ entry: JSONValue, _ share: Double?, _ program: String
    ) -> [TextTable.Cell] {
        [
            title, .figure(entry["pid"].integer.map { "\($0)" } ?? ""), .figure(Figures.percent(share)),
            .figure(Figures.bytes(entry["pss"].integer)), .figure(Figures.bytes(entry["rss"].integer)),
            .figure(Figures.count(entry["fds"].integer)), .figure(Figures.count(entry["threads"].integer)),
            .figure(entry["age_s"].number.map { Figures.span(Int($0)) } ?? ""), .init(program),
        ]
    }
}
