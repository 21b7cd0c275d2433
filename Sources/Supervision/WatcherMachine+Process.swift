// What becomes of a start, what the process says, and what the kernel says of it.

extension WatcherMachine {
    // MARK: What became of a start

    mutating func spawned(at now: Duration) -> [WatcherAction] {
        isSpawning = false
        switch state {
        case .starting(let since, let reload):
            let started: [WatcherAction] = [.report(.started)]
            return settings.awaitsReady ? started : started + becomeReady(since: since, reload: reload, at: now)
        // Abandoned too late: the stop begins only now.
        case .stopping: return [.report(.started), .signal(settings.stopSignal), arm(after: settings.grace, at: now)]
        case .killing: return [.report(.started), .killGroup, arm(after: Self.killAgain, at: now)]
        case .running, .backoff, .stopped, .finished, .failed: return []
        }
    }

    mutating func spawnFailed(at now: Duration) -> [WatcherAction] {
        isSpawning = false
        switch state {
        case .starting: return failed(end: nil, uptime: nil, at: now) { .couldNotStart(then: $0) }
        case .stopping(let next), .killing(let next):
            switch next {
            case .stopped, .retired:
                disarm()
                state = .stopped
                return [.report(.stopped(nil))]
            case .start, .policy: return [.report(.stopped(nil))] + begin(at: now)
            case .failure: return failed(end: nil, uptime: nil, at: now) { .couldNotStart(then: $0) }
            }
        case .running, .backoff, .stopped, .finished, .failed: return []
        }
    }

    /// A hook refuses the process that runs.
    mutating func refused(at now: Duration) -> [WatcherAction] {
        switch (state, isSpawning) {
        case (.starting, false): return [.report(.refused)] + kill(next: .failure(.refused(uptime: nil)), at: now)
        case (.running(let since), false):
            return [.report(.refused)] + kill(next: .failure(.refused(uptime: now - since)), at: now)
        case (.starting, true), (.running, true): return []
        case (.stopping, _), (.killing, _), (.backoff, _), (.stopped, _), (.finished, _), (.failed, _): return []
        }
    }

    // MARK: What the process says

    mutating func ready(at now: Duration) -> [WatcherAction] {
        switch (state, isSpawning) {
        case (.starting(let since, let reload), false): return becomeReady(since: since, reload: reload, at: now)
        case (.starting, true): return []
        case (.running, _), (.stopping, _), (.killing, _), (.backoff, _), (.stopped, _), (.finished, _), (.failed, _):
            return []
        }
    }

    mutating func alive(at now: Duration) -> [WatcherAction] {
        switch state {
        case .running: return settings.watchdog.map { [arm(after: $0, at: now)] } ?? []
        case .starting, .stopping, .killing, .backoff, .stopped, .finished, .failed: return []
        }
    }

    mutating func stuck(at now: Duration) -> [WatcherAction] {
        switch state {
        case .running(let since): return watchdogExpired(since: since, at: now)
        case .starting, .stopping, .killing, .backoff, .stopped, .finished, .failed: return []
        }
    }

    mutating func extend(by duration: Duration, at now: Duration) -> [WatcherAction] {
        switch (state, settings.watchdog) {
        // It only ever puts off what would come sooner.
        case (.starting, _), (.stopping, _), (.running, .some):
            return now + duration > due ? [arm(after: duration, at: now)] : []
        case (.running, nil), (.killing, _), (.backoff, _), (.stopped, _), (.finished, _), (.failed, _): return []
        }
    }

    mutating func unhealthy(at now: Duration) -> [WatcherAction] {
        switch state {
        case .running(let since):
            let uptime = now - since
            return end(next: .failure(.unhealthy(uptime: uptime)), report: .unhealthy(after: uptime), at: now)
        case .starting, .stopping, .killing, .backoff, .stopped, .finished, .failed: return []
        }
    }

    // MARK: What the kernel says

    mutating func exited(_ end: ProcessEnd, at now: Duration) -> [WatcherAction] {
        switch state {
        case .starting: return [.killGroup] + ended(end, uptime: nil, at: now)
        case .running(let since): return [.killGroup] + ended(end, uptime: now - since, at: now)
        case .stopping(let next), .killing(let next): return [.killGroup] + stopEnded(end, next, at: now)
        case .backoff, .stopped, .finished, .failed: return []
        }
    }

    mutating func timer(at now: Duration) -> [WatcherAction] {
        switch state {
        case .starting(let since, _):
            return end(next: .failure(.startTimeout), report: .startTimedOut(after: now - since), at: now)
        case .running(let since): return settings.watchdog == nil ? [] : watchdogExpired(since: since, at: now)
        case .backoff: return begin(at: now)
        case .stopping(.retired):
            return [.report(.retirementExpired(after: now - stopSince))] + stopRetired(next: .stopped, at: now)
        case .stopping(let next): return [.report(.graceExpired(after: now - stopSince))] + kill(next: next, at: now)
        case .killing: return [isSpawning ? .abandonSpawn : .killGroup, arm(after: Self.killAgain, at: now)]
        case .stopped, .finished, .failed: return []
        }
    }

    // MARK: Steps

    private mutating func becomeReady(since: Duration, reload: Bool, at now: Duration) -> [WatcherAction] {
        state = .running(since: now)
        disarm()
        var actions: [WatcherAction] = [.report(.becameReady(after: now - since))]
        if let watchdog = settings.watchdog { actions.append(arm(after: watchdog, at: now)) }
        if reload, let signal = settings.reloadSignal { actions.append(.signal(signal)) }
        return actions
    }

    private mutating func watchdogExpired(since: Duration, at now: Duration) -> [WatcherAction] {
        // A stuck process does not answer TERM: it is killed.
        [.report(.watchdogExpired(after: settings.watchdog ?? .zero))]
            + kill(next: .failure(.watchdog(uptime: now - since)), at: now)
    }

    /// The end of a process that nobody asked to end.
    private mutating func ended(_ end: ProcessEnd, uptime: Duration?, at now: Duration) -> [WatcherAction] {
        let policy = settings.policy
        switch policy.respawn {
        case .never where policy.expects(end), .onFailure where policy.expects(end): return finish(end)
        case .always, .onFailure, .never:
            return failed(end: end, uptime: uptime, at: now) { .died(end, uptime: uptime, then: $0) }
        }
    }

    /// The end of a process that was asked to.
    private mutating func stopEnded(
        _ end: ProcessEnd, _ next: WatcherState.AfterStop, at now: Duration
    ) -> [WatcherAction] {
        switch next {
        case .stopped, .retired:
            disarm()
            state = .stopped
            return [.report(.stopped(end))]
        case .start: return [.report(.stopped(end))] + begin(at: now)
        case .policy:
            switch settings.policy.respawn {
            case .always: return [.report(.stopped(end))] + begin(at: now)
            case .onFailure where !settings.policy.expects(end): return [.report(.stopped(end))] + begin(at: now)
            case .onFailure, .never: return finish(end)
            }
        case .failure(let failure):
            return failed(end: end, uptime: failure.uptime, at: now) { .died(end, uptime: failure.uptime, then: $0) }
        }
    }

    private mutating func finish(_ end: ProcessEnd) -> [WatcherAction] {
        disarm()
        state = .finished(end)
        return [.report(.finished(end))]
    }
}
