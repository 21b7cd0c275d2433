internal import ArgumentParser
internal import Glibc

/// `dockmaster events`: follows until it is interrupted, or the supervisor ends.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Follow what happens: starts, ends, failures, reloads.")

    @OptionGroup var selection: WatcherSelection
    @Option(help: "Kinds of events, separated by commas: exited,gave_up.")
    var kinds: String?
    @Option(name: .shortAndLong, help: "End after so many events.")
    var number: Int?
    @Option(help: "End after this time, with exit code 1 if --number has not been reached.")
    var timeout: WaitArguments.Seconds?
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control, patience: timeout?.duration)
            var query: [(String, String)] = []
            if let kinds { query.append(("kinds", kinds)) }
            if !selection.isEmpty { query.append(("watcher", try selection.pattern(caller))) }
            var left = number ?? .max
            let client = try ControlClient(at: caller.socket, timeout: timeout?.duration)
            let target = ControlCaller.target("/v1/events", query)
            do throws(CallFailure) {
                let refusal = try client.follow(target) { line throws(CallFailure) in
                    Output.print(control.json ? line + "\n" : Self.text(JSONValue(line.utf8) ?? .null) + "\n")
                    Output.flush()
                    left -= 1
                    return left > 0
                }
                if let refusal { try ControlCaller.check(refusal) }
            } catch {
                if timeout == nil || error.kind != .failed || number != nil { throw error }
            }
        }
    }

    /// "12:03:04.123  exited   web[2]  pid 812, signal SIGSEGV".
    static func text(_ event: JSONValue) -> String {
        let kind = event["kind"].string ?? ""
        if kind == "gap" { return "…  \(event["missed"].integer ?? 0) events missed: this client was too slow" }
        var words = event["fields"].members.map { "\($0.0) \($0.1.string ?? "")" }
        if let pid = event["pid"].integer { words.insert("pid \(pid)", at: 0) }
        let watcher = event["watcher"].string ?? "dockmaster"
        let instance = event["instance"].integer.map { "[\($0)]" } ?? ""
        let line =
            "\(clock(event["time"].integer ?? 0))  \(TextWidth.fit(kind, 15))  "
            + "\(TextWidth.fit(watcher + instance, max(16, watcher.count + instance.count)))  "
            + words.joined(separator: ", ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    private static func clock(_ nanoseconds: Int) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "-" }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let milliseconds = 1000 + nanoseconds / 1_000_000 % 1000
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\("\(milliseconds)".dropFirst())"
    }
}
