internal import ArgumentParser
internal import BundleLog
internal import Glibc
internal import ProcessControl

/// `dockmaster logs`: the lines of all watchers by time, from their files: a stopped supervisor has logs too.
/// - Exit codes: 0, 1 when the logs cannot be read or nothing matches what was searched for, 2 for wrong usage.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show the logs of all watchers, or of some, by time.",
        discussion: """
            Without a search, the last 100 lines are shown (10 with --follow); with one, all that match. Rotated and \
            compressed files are read too.
            """)

    @Argument(help: "Watchers, or patterns of them (reg*). Default: all.") var watchers: [String] = []
    @OptionGroup var place: LogPlace
    @Flag(name: [.short, .long], help: "Go on with new lines as they come.") var follow = false
    @Option(name: [.customShort("n"), .long], help: "Only the last so many lines; \"all\" for every one.")
    var lines: String?
    @Option(help: "Only lines since then: 10m, 2h, \"2026-11-24 16:00\", RFC 3339.") var since: String?
    @Option(help: "Only lines until then.") var until: String?
    @Option(help: "Only lines that match a regular expression (POSIX extended, as grep -E).") var grep: String?
    @Option(help: "Only lines of this level and worse: debug, info, notice, warning, error, critical.")
    var level: String?
    @Option(help: "Only lines of one request.") var request: String?
    @Flag(help: "Print JSON lines.") var json = false

    func run() throws {
        SignalStream.ignoreBrokenPipes()
        let query: LogQuery
        let folder: LogFolder
        let names: [String]
        do throws(Refusal) {
            query = try LogQuery(self)
            folder = try place.folder()
            names = folder.problem == nil ? try folder.select(watchers, mayBeNew: follow) : []
        } catch {
            throw CommandFailure.end(error, code: 2)
        }
        if let problem = folder.problem { throw CommandFailure.end(Refusal(problems: [problem]), code: 1) }
        let isAny = try show(query, folder, names)
        guard isAny || !query.filter.isSelective else {
            throw CommandFailure.end(Refusal(problems: ["no line matches"]), code: 1)
        }
    }

    /// - Returns: whether there was any line.
    private func show(_ query: LogQuery, _ folder: LogFolder, _ names: [String]) throws -> Bool {
        let snapshot = LogSnapshot(folder, watchers: names, wholeLines: follow, trouble: Self.warn)
        let printer = LogPrinter(json: json, width: max(8, names.map(\.count).max() ?? 0))
        var isAny = false
        do throws(ClosedOutput) {
            if let count = query.count {
                for entry in snapshot.newest(count, query.filter) {
                    try printer.print(entry)
                    isAny = true
                }
            } else {
                var merge = snapshot.all(query.filter)
                while let entry = merge.next() {
                    try printer.print(entry)
                    isAny = true
                }
            }
            try printer.flush()
            guard follow else { return isAny }
            let follower = LogFollower(
                folder, patterns: watchers, seen: snapshot, filter: query.filter, trouble: Self.warn)
            repeat {
                for entry in follower.news() { try printer.print(entry) }
                try printer.flush()
            } while follower.wait()
            return true
        } catch {
            guard let problem = error.problem else { return true }
            throw CommandFailure.end(Refusal(problems: [problem]), code: 1)
        }
    }

    static func warn(_ problem: String) {
        StandardError.write(Array("dockmaster: \(problem)\n".utf8))
    }
}
