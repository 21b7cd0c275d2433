internal import ArgumentParser
internal import Glibc
internal import ProcessControl

/// `dockmaster top`: a live view; one look in plain text where standard output is no terminal.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch processor, memory and state of everything, live.",
        discussion: "Keys: q quit, s sort, arrows or j/k select, w watchers or processes, r restart (asks).")

    @OptionGroup var selection: WatcherSelection
    @Flag(help: "Print one look and end.")
    var once = false
    @Flag(help: "Begin with processes instead of watchers.")
    var processes = false
    @Option(help: "The time between two looks.")
    var interval: WaitArguments.Seconds?
    @OptionGroup var control: ControlArguments

    /// Between the two looks of a snapshot.
    private static let pause: UInt32 = 300_000

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control, patience: .seconds(10))
            let pattern = try selection.isEmpty ? nil : selection.pattern(caller)
            var model = TopModel()
            model.showsProcesses = processes
            try look(caller, pattern, &model)
            guard !once, let signals = try? SignalStream([SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT]),
                let screen = TerminalScreen()
            else { return try snapshot(caller, pattern, model) }
            let failure = live(caller, pattern, model, screen, signals)
            // The terminal is as it was before anything is said on it.
            screen.close()
            if let failure { throw failure }
        }
    }

    private func look(_ caller: ControlCaller, _ pattern: String?, _ model: inout TopModel) throws(CallFailure) {
        let query = pattern.map { [("watcher", $0)] } ?? []
        let stats = try caller.get("/v1/stats", query)
        let time = MonotonicTime.now
        var status = try caller.get("/v1/status")
        if pattern != nil {
            let names = Set(stats["watchers"].values.compactMap { $0["watcher"].string })
            let watchers = status["watchers"].values.filter { names.contains($0["name"].string ?? "") }
            status = status.replacing("watchers", with: .array(watchers))
        }
        model.note(status: status, stats: stats, at: time)
    }

    private func snapshot(_ caller: ControlCaller, _ pattern: String?, _ model: TopModel) throws(CallFailure) {
        var model = model
        usleep(Self.pause)
        try look(caller, pattern, &model)
        let width = Output.isTerminal ? TerminalScreen.size.width : 100
        let lines = TopScreen.lines(model, width: width, height: .max, colours: Output.hasColours)
        Output.print(lines.map { $0 + "\n" }.joined())
    }

    // MARK: Live

    /// - Returns: why it ended, when nobody asked for that.
    private func live(
        _ caller: ControlCaller, _ pattern: String?, _ start: TopModel, _ screen: TerminalScreen,
        _ signals: SignalStream
    ) -> CallFailure? {
        var model = start
        let span = max(.milliseconds(100), interval?.duration ?? .seconds(2))
        // The second look comes soon: only then there are shares of the processor.
        var next = MonotonicTime.now.advanced(by: min(span, .milliseconds(300)))
        while true {
            let size = TerminalScreen.size
            screen.draw(TopScreen.lines(model, width: size.width, height: size.height, colours: Output.hasColours))
            switch wait(until: next, signals) {
            case .time:
                next = MonotonicTime.now.advanced(by: span)
                do throws(CallFailure) {
                    try look(caller, pattern, &model)
                } catch {
                    return error
                }
            case .resized: break
            case .ended: return nil
            case .keys(let keys):
                for key in keys {
                    switch model.take(key) {
                    case .none: break
                    case .quit: return nil
                    case .restart(let watcher): restart(watcher, caller, &model)
                    }
                }
            }
        }
    }

    private enum Occasion {
        case time, resized, ended
        case keys([TopKey])
    }

    private func wait(until next: MonotonicTime, _ signals: SignalStream) -> Occasion {
        var entries = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let left = next.since(.now) / .milliseconds(1)
        let count = poll(&entries, 2, CInt(clamping: Int(left.rounded(.up))))
        if count == 0 { return .time }
        if let arrival = signals.next() { return arrival.signal == SIGWINCH ? .resized : .ended }
        guard entries[0].revents != 0 else { return .resized }
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = read(STDIN_FILENO, &buffer, buffer.count)
        return length > 0 ? .keys(TopKey.decode(Array(buffer[..<length]))) : .ended
    }

    private func restart(_ watcher: String, _ caller: ControlCaller, _ model: inout TopModel) {
        do throws(CallFailure) {
            let answer = try caller.ask("POST", ControlCaller.watcherPath(watcher, "restart"))
            try ControlCaller.check(answer)
        } catch {
            model.message = error.problems.first ?? "not restarted"
        }
    }
}
