/// One process slot of a watcher as a state machine: every pair of state and event is written out below.
/// - No clock: each event comes with the time since boot. No randomness: jitter is drawn by the caller.
/// - A timer carries the generation it was armed for; one of an older generation matches nothing.
package struct WatcherMachine: Sendable, Equatable {
    package private(set) var state: WatcherState = .stopped
    package private(set) var history = FailureHistory()
    package var settings: WatcherSettings
    private var generation = 0
    /// 0…1, added to back-off delays as up to a tenth of them.
    private var jitter: Double

    /// A process that does not die of SIGKILL hangs in the kernel; it is killed again this often.
    package static let killAgain: Duration = .seconds(10)

    package init(settings: WatcherSettings, jitter: Double = 0) {
        self.settings = settings
        self.jitter = jitter
    }

    /// Whether a process may exist in this state.
    package var ownsProcess: Bool {
        switch state {
        case .starting, .running, .stopping, .killing: true
        case .backoff, .stopped, .finished, .failed: false
        }
    }

    package mutating func handle(_ event: WatcherEvent, at now: Duration) -> [WatcherAction] {
        switch event {
        case .start, .stop, .restart, .reload, .kill: order(event, at: now)
        case .spawned, .spawnFailed: spawnResult(event, at: now)
        case .ready, .alive, .stuck, .extend: message(event, at: now)
        case .exited(let end): exited(end, at: now)
        case .timer(let number): number == generation ? timer(at: now) : []
        }
    }

    // MARK: Orders

    private mutating func order(_ event: WatcherEvent, at now: Duration) -> [WatcherAction] {
        switch (event, state) {
        case (.start, .stopped), (.start, .finished), (.start, .failed),
            (.restart, .stopped), (.restart, .finished), (.restart, .failed),
            (.start, .backoff), (.restart, .backoff):
            history.clear()
            return begin(at: now)
        case (.start, .starting), (.start, .running): return []
        case (.start, .stopping), (.restart, .stopping):
            state = .stopping(next: .start)
            return []
        case (.start, .killing), (.restart, .killing):
            state = .killing(next: .start)
            return []
        case (.stop, .stopping):
            state = .stopping(next: .stopped)
            return []
        case (.stop, .killing):
            state = .killing(next: .stopped)
            return []
        case (.restart, .starting), (.restart, .running):
            history.clear()
            return end(next: .start, report: .stopping)
        case (.stop, .starting), (.stop, .running): return end(next: .stopped, report: .stopping)
        case (.stop, .backoff):
            generation += 1
            state = .stopped
            return [.report(.stopped(nil))]
        case (.stop, .failed), (.stop, .finished):
            state = .stopped
            return []
        case (.stop, .stopped): return []
        case (.reload, .running): return [.signal(1)]
        case (.reload, .starting(let since, _)):
            // It may have read the old configuration already: it is asked again once it is ready.
            state = .starting(since: since, reload: true)
            return []
        case (.reload, .backoff), (.reload, .stopping), (.reload, .killing), (.reload, .stopped),
            (.reload, .finished), (.reload, .failed):
            return []
        case (.kill, .starting), (.kill, .running): return kill(next: .stopped)
        case (.kill, .stopping(let next)): return kill(next: next == .start ? .start : .stopped)
        case (.kill, .killing): return [.killGroup]
        case (.kill, .backoff): return order(.stop, at: now)
        case (.kill, .stopped), (.kill, .finished), (.kill, .failed): return []
        case (.spawned, _), (.spawnFailed, _), (.ready, _), (.alive, _), (.stuck, _), (.extend, _), (.exited, _),
            (.timer, _):
            return []
        }
    }

    // MARK: What became of a start

    private mutating func spawnResult(_ event: WatcherEvent, at now: Duration) -> [WatcherAction] {
        switch (event == .spawned, state) {
        case (true, .starting(let since, _)):
            let started: [WatcherAction] = [.report(.started)]
            return settings.awaitsReady ? started : started + becomeReady(since: since, reload: false, at: now)
        case (false, .starting):
            // A failed start always leaves a timer behind, or ends in `failed`.
            return failed(end: nil, uptime: nil, at: now) { .couldNotStart(then: $0) }
        case (_, .running), (_, .backoff), (_, .stopping), (_, .killing), (_, .stopped), (_, .finished), (_, .failed):
            return []
        }
    }

    // MARK: What the process says

    private mutating func message(_ event: WatcherEvent, at now: Duration) -> [WatcherAction] {
        switch (event, state) {
        case (.ready, .starting(let since, let reload)): return becomeReady(since: since, reload: reload, at: now)
        case (.alive, .running): return settings.watchdog.map { [arm(after: $0)] } ?? []
        case (.stuck, .running(let since)): return watchdogExpired(since: since, at: now)
        case (.extend(let duration), .starting), (.extend(let duration), .stopping): return [arm(after: duration)]
        case (.extend(let duration), .running):
            return settings.watchdog == nil ? [] : [arm(after: duration)]
        case (.ready, .running), (.ready, .stopping), (.ready, .killing), (.ready, .backoff), (.ready, .stopped),
            (.ready, .finished), (.ready, .failed):
            return []
        case (.alive, .starting), (.alive, .stopping), (.alive, .killing), (.alive, .backoff), (.alive, .stopped),
            (.alive, .finished), (.alive, .failed):
            return []
        case (.stuck, .starting), (.stuck, .stopping), (.stuck, .killing), (.stuck, .backoff), (.stuck, .stopped),
            (.stuck, .finished), (.stuck, .failed):
            return []
        case (.extend, .killing), (.extend, .backoff), (.extend, .stopped), (.extend, .finished), (.extend, .failed):
            return []
        case (.start, _), (.stop, _), (.restart, _), (.reload, _), (.kill, _), (.spawned, _), (.spawnFailed, _),
            (.exited, _), (.timer, _):
            return []
        }
    }

    // MARK: What the kernel says

    private mutating func exited(_ end: ProcessEnd, at now: Duration) -> [WatcherAction] {
        switch state {
        case .starting:
            return [.killGroup] + ended(end, uptime: nil, at: now)
        case .running(let since):
            return [.killGroup] + ended(end, uptime: now - since, at: now)
        case .stopping(.stopped), .killing(.stopped):
            generation += 1
            state = .stopped
            return [.killGroup, .report(.stopped(end))]
        case .stopping(.start), .killing(.start):
            return [.killGroup, .report(.stopped(end))] + begin(at: now)
        case .stopping(.failure(let failure)), .killing(.failure(let failure)):
            let uptime: Duration? = if case .watchdog(let uptime) = failure { uptime } else { nil }
            return [.killGroup] + failed(end: end, uptime: uptime, at: now) { .died(end, uptime: uptime, then: $0) }
        case .backoff, .stopped, .finished, .failed:
            return []
        }
    }

    private mutating func timer(at now: Duration) -> [WatcherAction] {
        switch state {
        case .starting(let since, _):
            return end(next: .failure(.startTimeout), report: .startTimedOut(after: now - since))
        case .running(let since):
            return settings.watchdog == nil ? [] : watchdogExpired(since: since, at: now)
        case .backoff: return begin(at: now)
        case .stopping(let next):
            return [.report(.graceExpired(after: settings.grace))] + kill(next: next)
        case .killing: return [.killGroup, arm(after: Self.killAgain)]
        case .stopped, .finished, .failed: return []
        }
    }

    // MARK: Steps

    private mutating func arm(after duration: Duration) -> WatcherAction {
        generation += 1
        return .arm(generation: generation, after: duration)
    }

    private mutating func begin(at now: Duration) -> [WatcherAction] {
        state = .starting(since: now, reload: false)
        return [arm(after: settings.startTimeout), .spawn]
    }

    private mutating func becomeReady(since: Duration, reload: Bool, at now: Duration) -> [WatcherAction] {
        state = .running(since: now)
        generation += 1
        var actions: [WatcherAction] = [.report(.becameReady(after: now - since))]
        if let watchdog = settings.watchdog { actions.append(arm(after: watchdog)) }
        if reload { actions.append(.signal(1)) }
        return actions
    }

    private mutating func end(next: WatcherState.AfterStop, report: WatcherReport) -> [WatcherAction] {
        state = .stopping(next: next)
        return [.report(report), .signal(settings.stopSignal), arm(after: settings.grace)]
    }

    private mutating func kill(next: WatcherState.AfterStop) -> [WatcherAction] {
        state = .killing(next: next)
        return [.killGroup, arm(after: Self.killAgain)]
    }

    private mutating func watchdogExpired(since: Duration, at now: Duration) -> [WatcherAction] {
        // A stuck process does not answer TERM: it is killed.
        [.report(.watchdogExpired(after: settings.watchdog ?? .zero))]
            + kill(next: .failure(.watchdog(uptime: now - since)))
    }

    private mutating func ended(_ end: ProcessEnd, uptime: Duration?, at now: Duration) -> [WatcherAction] {
        let isExpected = if case .code(let code) = end { settings.policy.expected.contains(code) } else { false }
        if settings.policy.respawn == .never || settings.policy.respawn == .onFailure && isExpected {
            generation += 1
            state = isExpected ? .finished(end) : .failed
            return [.report(.finished(end))]
        }
        return failed(end: end, uptime: uptime, at: now) { .died(end, uptime: uptime, then: $0) }
    }

    private mutating func failed(
        end: ProcessEnd?, uptime: Duration?, at now: Duration, _ report: (WatcherReport.Sequel) -> WatcherReport
    ) -> [WatcherAction] {
        let policy = settings.policy
        if case .code(let code)? = end, policy.hopeless.contains(code) {
            generation += 1
            state = .failed
            return [.report(report(.hopeless))]
        }
        switch history.note(at: now, uptime: uptime, policy: policy) {
        case .giveUp:
            generation += 1
            state = .failed
            return [.report(report(.gaveUp(failures: history.count, window: policy.window)))]
        case .restart(after: let delay):
            let sequel = WatcherReport.Sequel.restart(
                after: delay, failures: history.count, limit: policy.limit, window: policy.window)
            guard delay > .zero else { return [.report(report(sequel))] + begin(at: now) }
            state = .backoff
            return [.report(report(sequel)), arm(after: policy.jittered(delay, jitter))]
        }
    }
}
