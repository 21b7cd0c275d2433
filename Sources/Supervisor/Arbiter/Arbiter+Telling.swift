internal import BundleLog
internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision
internal import TextFormats

// What happens to processes: logged in a sentence, published as an event, and followed up.

extension Arbiter {
    func tell(_ report: WatcherReport, of slot: WatcherSlot) {
        // What its probe said last tells best what is missing.
        if case .startTimedOut = report { slot.spawnProblem = slot.readiness?.lastProblem }
        if let sentence = ReportSentence(report, slot: slot.title, reason: slot.spawnProblem) {
            var fields = [
                ("event", sentence.event), ("watcher", slot.watcher), ("instance", "\(slot.instance)"),
            ]
            if let pid = slot.child?.pid { fields.append(("pid", "\(pid)")) }
            let hint = "See: dockmaster logs \(slot.watcher)"
            if sentence.isDeath {
                relay.post(
                    .death(
                        slot: slot.number,
                        .init(level: sentence.level.rawValue, sentence: sentence.text, hint: hint, fields: fields)))
            } else {
                relay.post(.record(SupervisorLog.line(sentence.level.rawValue, sentence.text, fields)))
            }
        }
        publish(report, of: slot)
        follow(report, of: slot)
    }

    // MARK: Events

    /// The one place that says what a report is to plugins and followers.
    private func publish(_ report: WatcherReport, of slot: WatcherSlot) {
        guard events.hasListeners else { return }
        switch report {
        case .started, .adopted:
            publish(.spawned, slot)
            if slot.restarts > 0 { publish(.restarted, slot, ["restarts": "\(slot.restarts)"]) }
        case .becameReady(let after): publish(.ready, slot, ["after_ms": "\(after / .milliseconds(1))"])
        case .died(let end, let uptime, let sequel):
            var fields = Self.fields(end)
            if let uptime { fields["uptime_s"] = "\(uptime.components.seconds)" }
            publish(.exited, slot, fields)
            if let reason = Self.reason(sequel) { publish(.gaveUp, slot, ["reason": reason]) }
        case .couldNotStart(let sequel):
            let problem = slot.spawnProblem ?? "it could not be started"
            publish(.exited, slot, ["reason": problem])
            if Self.reason(sequel) != nil { publish(.gaveUp, slot, ["reason": problem]) }
        case .finished(let end): publish(.exited, slot, Self.fields(end))
        case .stopping: publish(.stopping, slot)
        case .retiring: publish(.stopping, slot, ["reason": "replaced"])
        case .aged(let after):
            publish(.stopping, slot, ["reason": "max_age", "uptime_s": "\(after.components.seconds)"])
        case .refused: publish(.stopping, slot, ["reason": "hook"])
        case .startTimedOut: publish(.stopping, slot, ["reason": "start_timeout"])
        case .watchdogExpired: publish(.stopping, slot, ["reason": "watchdog"])
        case .unhealthy: publish(.stopping, slot, ["reason": "health"])
        case .stopped(let end): publish(.stopped, slot, end.map(Self.fields) ?? [:])
        case .graceExpired, .retirementExpired: break
        }
    }

    private static func reason(_ sequel: WatcherReport.Sequel) -> String? {
        switch sequel {
        case .restart: nil
        case .gaveUp(let failures, let window): "\(failures) failures in \(Words.duration(window))"
        case .hopeless: "its configuration is refused"
        case .notRestarted: "it is not restarted"
        }
    }

    private static func fields(_ end: ProcessEnd) -> [String: String] {
        switch end {
        case .code(let code): ["code": "\(code)"]
        case .signal(let number): ["signal": SignalName.name(number)]
        }
    }

    func publish(_ kind: SupervisorEvent.Kind, _ slot: WatcherSlot, _ fields: [String: String] = [:]) {
        events.publish(
            SupervisorEvent(
                kind, watcher: slot.watcher, instance: slot.instance, pid: slot.child?.pid, time: Self.wallClock,
                fields: fields))
    }

    func publish(_ kind: SupervisorEvent.Kind, _ watcher: String?, _ fields: [String: String] = [:]) {
        guard events.hasListeners else { return }
        events.publish(SupervisorEvent(kind, watcher: watcher, time: Self.wallClock, fields: fields))
    }

    /// Nanoseconds since the epoch, as events have them.
    static var wallClock: Int64 {
        UTCTime.now().sinceEpoch
    }

    // MARK: What else it means

    private func follow(_ report: WatcherReport, of slot: WatcherSlot) {
        switch report {
        case .died(let end, _, let sequel):
            reloadInterrupted(slot)
            if case .restart = sequel { return }
            gaveUp(slot, Self.shellCode(end), isHopeless: sequel == .hopeless)
        case .couldNotStart(let sequel):
            if case .restart = sequel { return }
            gaveUp(slot, slot.spawnCode)
        case .finished(let end):
            if slot.definition.onExit == .shutdown { exitsWith(slot, Self.shellCode(end)) }
        case .stopped: reloadInterrupted(slot)
        case .started, .adopted, .becameReady, .refused, .startTimedOut, .watchdogExpired, .unhealthy, .aged, .stopping,
            .graceExpired, .retiring, .retirementExpired:
            break
        }
    }

    private func gaveUp(_ slot: WatcherSlot, _ code: CInt, isHopeless: Bool = false) {
        // A replacement that fails leaves the old process in its place.
        guard let watcher = watchers[slot.watcher], watcher.slots.contains(where: { $0 === slot }) else { return }
        if slot.definition.onExit == .shutdown { return exitsWith(slot, code) }
        failedForGood(watcher, code: isHopeless ? code : 1)
    }

    private func exitsWith(_ slot: WatcherSlot, _ code: CInt) {
        shutDown(code: code, why: "\(slot.title) has ended (on_exit: shutdown)")
    }

    /// A watcher has failed for good: what else that means.
    func failedForGood(_ watcher: Watcher, code: CInt) {
        if phase == .starting, essential.contains(watcher.name) {
            shutDown(code: code, why: "\(watcher.name) did not start")
        } else if !isStopping {
            surroundings.notifier.status("\(watcher.name) has failed")
        }
    }

    /// What a shell would report.
    static func shellCode(_ end: ProcessEnd) -> CInt {
        switch end {
        case .code(let code): code
        case .signal(let number): 128 + number
        }
    }
}
