/// The life of one process slot as a pure state machine: every pair of state and event is written out, here and in
/// `WatcherMachine+Process`.
/// - No clock: each event comes with the time since boot. No randomness: jitter is drawn by the caller.
/// - A timer carries the generation it was armed for; one of an older generation matches nothing.
/// - A spawn may take its time (a hook runs before it). Until it is answered no other is asked for.
package struct WatcherMachine: Sendable, Equatable, Codable {
    package internal(set) var state: WatcherState = .stopped
    package internal(set) var history = FailureHistory()
    package var settings: WatcherSettings
    /// Whether a `.spawn` has not been answered: there is no process yet, and there may be one any moment.
    package internal(set) var isSpawning = false
    private var generation = 0
    /// When the timer that is armed fires.
    var due: Duration = .zero
    /// 0…1, which share of the policy's jitter is added to a back-off delay.
    private var jitter: Double
    /// When the stop that is under way began.
    var stopSince: Duration = .zero

    /// A process that does not die of SIGKILL hangs in the kernel; it is killed again this often.
    package static let killAgain: Duration = .seconds(10)
    /// What could not be started is not tried again sooner, whatever the policy says: there would be no process to wait
    /// for, only a loop.
    package static let startPause: Duration = .milliseconds(100)

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

    /// Takes over how a slot without a process stood before the supervisor's own upgrade; `.adopted` is for the others.
    package mutating func rest(as resting: WatcherState) {
        switch (resting, state) {
        case (.stopped, .stopped), (.finished, .stopped), (.failed, .stopped): state = resting
        case (.starting, _), (.running, _), (.backoff, _), (.stopping, _), (.killing, _), (.stopped, _), (.finished, _),
            (.failed, _):
            break
        }
    }

    package mutating func handle(_ event: WatcherEvent, at now: Duration) -> [WatcherAction] {
        switch event {
        case .start: start(at: now)
        case .stop: stop(at: now)
        case .retire: retire(at: now)
        case .restart: restart(at: now)
        case .reload: reload(at: now)
        case .kill: kill(at: now)
        case .terminate(let signal, let grace): terminate(signal, grace, at: now)
        case .aged: aged(at: now)
        case .adopted(let since, let ready): adopted(since: since, ready: ready, at: now)
        case .spawned: isSpawning ? spawned(at: now) : []
        case .spawnFailed: isSpawning ? spawnFailed(at: now) : []
        case .refused: refused(at: now)
        case .ready: ready(at: now)
        case .alive: alive(at: now)
        case .stuck: stuck(at: now)
        case .extend(let duration): extend(by: duration, at: now)
        case .unhealthy: unhealthy(at: now)
        case .exited(let end): isSpawning ? [] : exited(end, at: now)
        case .timer(let number): number == generation ? timer(at: now) : []
        }
    }

    // MARK: Orders

    private mutating func start(at now: Duration) -> [WatcherAction] {
        switch state {
        case .stopped, .finished, .failed, .backoff:
            history.clear()
            return begin(at: now)
        case .starting, .running: return []
        case .stopping(.retired): return stopRetired(next: .start, at: now)
        case .stopping: return change(.stopping(next: .start))
        case .killing: return change(.killing(next: .start))
        }
    }

    private mutating func restart(at now: Duration) -> [WatcherAction] {
        switch state {
        case .stopped, .finished, .failed, .backoff:
            history.clear()
            return begin(at: now)
        case .starting, .running:
            history.clear()
            return end(next: .start, report: .stopping, at: now)
        case .stopping(.retired): return stopRetired(next: .start, at: now)
        case .stopping: return change(.stopping(next: .start))
        case .killing: return change(.killing(next: .start))
        }
    }

    /// An operator's word on what follows a stop that is under way.
    private mutating func change(_ stopping: WatcherState) -> [WatcherAction] {
        history.clear()
        state = stopping
        return []
    }

    private mutating func stop(at now: Duration) -> [WatcherAction] {
        switch state {
        case .starting, .running: return end(next: .stopped, report: .stopping, at: now)
        case .backoff:
            disarm()
            state = .stopped
            return [.report(.stopped(nil))]
        case .failed, .finished:
            state = .stopped
            return []
        case .stopped: return []
        case .stopping(.retired): return stopRetired(next: .stopped, at: now)
        case .stopping: return change(.stopping(next: .stopped))
        case .killing: return change(.killing(next: .stopped))
        }
    }

    private mutating func retire(at now: Duration) -> [WatcherAction] {
        switch (state, settings.retirement) {
        case (.running, let retirement?):
            return end(
                next: .retired, report: .retiring(limit: retirement.limit), signal: retirement.signal,
                grace: retirement.limit, at: now)
        case (.stopping(.retired), _): return []
        // What has served nobody has nothing to finish.
        case (.running, nil), (.starting, _), (.backoff, _), (.stopping, _), (.killing, _), (.stopped, _),
            (.finished, _), (.failed, _):
            return stop(at: now)
        }
    }

    /// The stop of a process that was retired: from here on it is one like any other.
    mutating func stopRetired(next: WatcherState.AfterStop, at now: Duration) -> [WatcherAction] {
        history.clear()
        state = .stopping(next: next)
        stopSince = now
        return [.signal(settings.stopSignal), arm(after: settings.grace, at: now)]
    }

    private mutating func reload(at now: Duration) -> [WatcherAction] {
        switch (state, settings.reloadSignal) {
        case (.running, let signal?): return [.signal(signal)]
        case (.starting(let since, _), .some):
            // It may have read the old configuration already: it is asked again once it is ready.
            state = .starting(since: since, reload: true)
            return []
        case (.running, nil), (.starting, nil): return end(next: .start, report: .stopping, at: now)
        // The next process reads the new configuration anyway.
        case (.backoff, _), (.stopping, _), (.killing, _), (.stopped, _), (.finished, _), (.failed, _): return []
        }
    }

    private mutating func kill(at now: Duration) -> [WatcherAction] {
        switch state {
        case .starting, .running: return kill(next: .stopped, at: now)
        case .stopping(.start): return kill(next: .start, at: now)
        case .stopping(.stopped), .stopping(.retired), .stopping(.policy), .stopping(.failure):
            return kill(next: .stopped, at: now)
        case .killing(.start): return [isSpawning ? .abandonSpawn : .killGroup]
        case .killing(.stopped), .killing(.retired), .killing(.policy), .killing(.failure):
            state = .killing(next: .stopped)
            return [isSpawning ? .abandonSpawn : .killGroup]
        case .backoff: return stop(at: now)
        case .stopped, .finished, .failed: return []
        }
    }

    private mutating func terminate(_ signal: Int32?, _ grace: Duration?, at now: Duration) -> [WatcherAction] {
        switch (state, isSpawning) {
        case (.starting, false), (.running, false):
            return end(next: .policy, report: .stopping, signal: signal, grace: grace, at: now)
        case (.stopping(.retired), false):
            _ = stopRetired(next: .stopped, at: now)
            return [.signal(signal ?? settings.stopSignal), arm(after: grace ?? settings.grace, at: now)]
        // A stop that is under way gets the other signal and patience; what follows it stays.
        case (.stopping, false):
            return [.signal(signal ?? settings.stopSignal), arm(after: grace ?? settings.grace, at: now)]
        case (.killing, false): return [.killGroup]
        case (.starting, true), (.running, true), (.stopping, true), (.killing, true): return []
        case (.backoff, _), (.stopped, _), (.finished, _), (.failed, _): return []
        }
    }

    private mutating func aged(at now: Duration) -> [WatcherAction] {
        switch state {
        case .running(let since): return end(next: .start, report: .aged(after: now - since), at: now)
        case .starting, .stopping, .killing, .backoff, .stopped, .finished, .failed: return []
        }
    }

    private mutating func adopted(since: Duration, ready: Bool, at now: Duration) -> [WatcherAction] {
        switch state {
        case .stopped, .finished, .failed, .backoff:
            disarm()
            state = ready ? .running(since: since) : .starting(since: since, reload: false)
            guard ready else { return [.report(.adopted), arm(after: settings.startTimeout, at: now)] }
            return [.report(.adopted)] + (settings.watchdog.map { [arm(after: $0, at: now)] } ?? [])
        case .starting, .running, .stopping, .killing: return []
        }
    }

    // MARK: Steps

    mutating func arm(after duration: Duration, at now: Duration) -> WatcherAction {
        generation += 1
        due = now + duration
        return .arm(generation: generation, after: duration)
    }

    /// Whatever timer is armed matches nothing from here on.
    mutating func disarm() {
        generation += 1
    }

    mutating func begin(at now: Duration) -> [WatcherAction] {
        state = .starting(since: now, reload: false)
        isSpawning = true
        return [arm(after: settings.startTimeout, at: now), .spawn]
    }

    /// An orderly stop: the signal, then patience.
    mutating func end(
        next: WatcherState.AfterStop, report: WatcherReport, signal: Int32? = nil, grace: Duration? = nil,
        at now: Duration
    ) -> [WatcherAction] {
        state = .stopping(next: next)
        stopSince = now
        return [
            .report(report), isSpawning ? .abandonSpawn : .signal(signal ?? settings.stopSignal),
            arm(after: grace ?? settings.grace, at: now),
        ]
    }

    mutating func kill(next: WatcherState.AfterStop, at now: Duration) -> [WatcherAction] {
        state = .killing(next: next)
        return [isSpawning ? .abandonSpawn : .killGroup, arm(after: Self.killAgain, at: now)]
    }

    /// What the policy makes of a failure. `end` is nil where no process came to be. It always leaves a timer or a spawn behind, or ends in `failed`.
    mutating func failed(
        end: ProcessEnd?, uptime: Duration?, at now: Duration, _ report: (WatcherReport.Sequel) -> WatcherReport
    ) -> [WatcherAction] {
        let policy = settings.policy
        if case .code(let code)? = end, policy.hopeless.contains(code) { return giveUp(report(.hopeless)) }
        if policy.respawn == .never { return giveUp(report(.notRestarted)) }
        switch history.note(at: now, uptime: uptime, policy: policy) {
        case .giveUp: return giveUp(report(.gaveUp(failures: history.count, window: policy.window)))
        case .restart(after: var delay):
            if end == nil { delay = max(delay, Self.startPause) }
            let sequel = WatcherReport.Sequel.restart(
                after: delay, failures: history.count, limit: policy.limit, window: policy.window)
            guard delay > .zero else { return [.report(report(sequel))] + begin(at: now) }
            state = .backoff
            return [.report(report(sequel)), arm(after: policy.jittered(delay, jitter), at: now)]
        }
    }

    private mutating func giveUp(_ report: WatcherReport) -> [WatcherAction] {
        disarm()
        state = .failed
        return [.report(report)]
    }
}
