internal import ProcessControl
internal import Supervision

/// What happened to a watcher, in a sentence and in stable fields.
struct ReportSentence: Equatable {
    enum Level: String { case info, warning, error }

    let level: Level
    let event: String
    let text: String
    /// Whether the process's last words belong to it.
    let isDeath: Bool

    /// - Parameter slot: "registry[2]", the watcher and which of its processes.
    /// - Parameter reason: why a start failed.
    init?(_ report: WatcherReport, slot: String, reason: String?) {
        switch report {
        case .started: return nil
        case .adopted: self.init(.info, "adopted", "\(slot) is taken over and goes on")
        case .becameReady(let after):
            self.init(.info, "ready", "\(slot) is ready after \(Words.duration(after))")
        case .died(let end, let uptime, let then):
            let lived = uptime.map { "after \(Words.duration($0))" } ?? "before it was ready"
            self.init(
                .error, "exited", "\(slot) died: \(Self.words(end)) \(lived). \(Self.words(then)).", isDeath: true)
        case .couldNotStart(let then):
            self.init(
                .error, "spawn_failed", "\(slot) did not start: \(reason ?? "unknown reason"). \(Self.words(then)).")
        case .refused: self.init(.error, "refused", "\(slot) is refused by its hook after_spawn; it is killed")
        case .unhealthy(let after):
            self.init(.error, "unhealthy", "\(slot) is unhealthy after \(Words.duration(after)); it is stopped")
        case .aged(let after):
            self.init(.info, "aged", "\(slot) is replaced: it has been ready for \(Words.duration(after)) (max_age)")
        case .startTimedOut(let after):
            let probe = reason.map { " (its probe: \($0))" } ?? ""
            self.init(
                .error, "start_timeout", "\(slot) was not ready within \(Words.duration(after))\(probe); it is stopped")
        case .watchdogExpired(let after):
            self.init(.error, "watchdog", "\(slot) gave no sign of life for \(Words.duration(after)); it is killed")
        case .stopping: self.init(.info, "stopping", "\(slot) is told to stop")
        case .retiring(let limit):
            self.init(
                .info, "retiring",
                "\(slot) is replaced: it finishes what it has begun, for \(Words.duration(limit)) at most")
        case .retirementExpired(let after):
            self.init(
                .warning, "stopping",
                "\(slot) has not finished what it had begun within \(Words.duration(after)); it is told to stop")
        case .graceExpired(let after):
            self.init(.warning, "killed", "\(slot) did not stop within \(Words.duration(after)); it is killed")
        case .stopped(.none): self.init(.info, "stopped", "\(slot) is stopped")
        case .stopped(.code(0)): self.init(.info, "stopped", "\(slot) has stopped")
        case .stopped(let end?): self.init(.info, "stopped", "\(slot) has stopped: \(Self.words(end))")
        case .finished(let end):
            self.init(.info, "finished", "\(slot) is done: \(Self.words(end))")
        }
    }

    private init(_ level: Level, _ event: String, _ text: String, isDeath: Bool = false) {
        self.level = level
        self.event = event
        self.text = text
        self.isDeath = isDeath
    }

    static func words(_ end: ProcessEnd) -> String {
        switch end {
        case .code(let code): ExitStatus.code(code).description
        case .signal(let signal): ExitStatus.signal(signal).description
        }
    }

    private static func words(_ sequel: WatcherReport.Sequel) -> String {
        switch sequel {
        case .restart(let delay, let failures, let limit, let window):
            let when = delay == .zero ? "Restart at once" : "Restart in \(Words.duration(delay))"
            guard let limit else { return "\(when) (failure \(failures) in \(Words.duration(window)))" }
            return "\(when) (failure \(failures) of \(limit) in \(Words.duration(window)))"
        case .gaveUp(let failures, let window):
            return "Given up after \(failures) failures in \(Words.duration(window))"
        case .notRestarted: return "Not restarted: its policy is respawn: never"
        case .hopeless: return "Not restarted: its configuration is refused"
        }
    }
}
