import Supervision

/// A machine's states, events and actions in the words of `WatcherTable`.
enum TableWords {
    /// "starting", "starting+reload", "stopping>start", "killing>failure"; "…" while a spawn is not answered.
    static func state(_ machine: WatcherMachine) -> String {
        let word: String =
            switch machine.state {
            case .starting(_, let reload): reload ? "starting+reload" : "starting"
            case .running: "running"
            case .backoff: "backoff"
            case .stopping(let next): "stopping>\(after(next))"
            case .killing(let next): "killing>\(after(next))"
            case .stopped: "stopped"
            case .finished: "finished"
            case .failed: "failed"
            }
        return machine.isSpawning ? word + "…" : word
    }

    private static func after(_ next: WatcherState.AfterStop) -> String {
        switch next {
        case .stopped: "stopped"
        case .retired: "retired"
        case .start: "start"
        case .policy: "policy"
        case .failure(.startTimeout): "start timeout"
        case .failure(.watchdog(let uptime)): "watchdog \(seconds(uptime))"
        case .failure(.unhealthy(let uptime)): "unhealthy \(seconds(uptime))"
        case .failure(.refused(let uptime)): "refused\(uptime.map { " \(seconds($0))" } ?? "")"
        }
    }

    /// An event's name in the table; no `default:`, so that one added later is not forgotten.
    static func event(_ event: WatcherEvent) -> String {
        switch event {
        case .start: "start"
        case .stop: "stop"
        case .retire: "retire"
        case .restart: "restart"
        case .reload: "reload"
        case .kill: "kill"
        case .terminate(let signal, let grace):
            "terminate" + (signal.map { " \($0)" } ?? "") + (grace.map { " \(seconds($0))" } ?? "")
        case .aged: "aged"
        case .adopted(_, let ready): ready ? "adopted ready" : "adopted"
        case .spawned: "spawned"
        case .spawnFailed: "spawnFailed"
        case .refused: "refused"
        case .ready: "ready"
        case .alive: "alive"
        case .stuck: "stuck"
        case .extend(let duration): "extend \(seconds(duration))"
        case .unhealthy: "unhealthy"
        case .exited(let end): "exited \(ended(end))"
        case .timer(let generation): generation < 0 ? "old timer" : "timer"
        }
    }

    static func actions(_ actions: [WatcherAction]) -> String {
        actions.map { action in
            switch action {
            case .spawn: "spawn"
            case .abandonSpawn: "abandon"
            case .arm(_, let delay): "arm \(seconds(delay))"
            case .signal(let number): "signal \(number)"
            case .killGroup: "kill"
            case .report(let report): self.report(report)
            }
        }.joined(separator: ", ")
    }

    private static func report(_ report: WatcherReport) -> String {
        switch report {
        case .started: "“started”"
        case .adopted: "“adopted”"
        case .becameReady(let after): "“ready after \(seconds(after))”"
        case .died(let end, let uptime, let sequel):
            "“died \(ended(end)) after \(uptime.map(seconds) ?? "no time"): \(self.sequel(sequel))”"
        case .couldNotStart(let sequel): "“not started: \(self.sequel(sequel))”"
        case .refused: "“refused”"
        case .startTimedOut(let after): "“start timed out after \(seconds(after))”"
        case .watchdogExpired(let after): "“watchdog after \(seconds(after))”"
        case .unhealthy(let after): "“unhealthy after \(seconds(after))”"
        case .aged(let after): "“aged after \(seconds(after))”"
        case .stopping: "“stopping”"
        case .retiring(let limit): "“retiring for \(seconds(limit))”"
        case .retirementExpired(let after): "“retired for \(seconds(after))”"
        case .graceExpired(let after): "“grace over after \(seconds(after))”"
        case .stopped(let end): "“stopped\(end.map { " \(ended($0))" } ?? "")”"
        case .finished(let end): "“finished \(ended(end))”"
        }
    }

    private static func sequel(_ sequel: WatcherReport.Sequel) -> String {
        switch sequel {
        case .restart(let delay, let failures, let limit, let window):
            "again in \(seconds(delay)), \(failures) of \(limit.map(String.init) ?? "any") in \(seconds(window))"
        case .gaveUp(let failures, let window): "given up after \(failures) in \(seconds(window))"
        case .hopeless: "hopeless"
        case .notRestarted: "not restarted"
        }
    }

    private static func ended(_ end: ProcessEnd) -> String {
        switch end {
        case .code(let code): "\(code)"
        case .signal(let signal): "by \(signal)"
        }
    }

    /// "0.5s", "10s".
    private static func seconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
    }
}
