import Supervision

/// A world for one machine: a process, a timer and a clock that only the test moves. It does what the machine says, no
/// sooner than the test lets it, and notes whatever must never be.
struct SimulatedWorld {
    var machine: WatcherMachine
    var now: Duration = .seconds(1000)
    /// A spawn that has not been answered.
    private(set) var spawning = false
    private(set) var hasProcess = false
    /// A signal has come that the process may obey or not.
    private(set) var isAsked = false
    /// SIGKILL has come.
    private(set) var isKilled = false
    private(set) var timer: (generation: Int, due: Duration)?
    private(set) var violations: [String] = []
    private(set) var spawns = 0

    init(_ settings: WatcherSettings, jitter: Double) {
        machine = WatcherMachine(settings: settings, jitter: jitter)
    }

    mutating func feed(_ event: WatcherEvent) {
        let actions = machine.handle(event, at: now)
        for (index, action) in actions.enumerated() {
            switch action {
            case .spawn:
                if spawning || hasProcess { note("a second process in one slot", event) }
                // Owners that spawn at once answer from within: whatever came after would come too late.
                if index + 1 < actions.count { note("an action after a spawn", event) }
                spawning = true
                spawns += 1
            case .abandonSpawn: if !spawning { note("no spawn to abandon", event) }
            case .arm(let generation, let delay):
                if delay < .zero { note("a timer in the past", event) }
                timer = (generation, now + delay)
            case .signal: isAsked = hasProcess
            case .killGroup: isKilled = hasProcess
            case .report: break
            }
        }
        check(after: event)
    }

    private mutating func check(after event: WatcherEvent) {
        switch machine.state {
        case .stopped, .finished, .failed:
            if hasProcess || spawning { note("a process", event) }
        case .backoff:
            if hasProcess || spawning { note("a process", event) }
            if timer == nil { note("no timer", event) }
        case .starting, .stopping, .killing:
            if !hasProcess && !spawning { note("no process", event) }
            if timer == nil { note("no timer", event) }
        case .running:
            if !hasProcess || spawning { note("no process", event) }
            if machine.settings.watchdog != nil && timer == nil { note("no watchdog", event) }
        }
        if spawning != machine.isSpawning { note("a spawn that is known to one side only", event) }
    }

    private mutating func note(_ problem: String, _ event: WatcherEvent) {
        violations.append("\(problem) in \(machine.state), after \(event)")
    }

    // MARK: What the world does

    mutating func answerSpawn(succeeds: Bool) {
        guard spawning else { return }
        spawning = false
        hasProcess = succeeds
        isAsked = false
        isKilled = false
        feed(succeeds ? .spawned : .spawnFailed)
    }

    /// A process ends; events of the kernel's cannot come without.
    mutating func exit(_ end: ProcessEnd) {
        guard hasProcess else { return }
        hasProcess = false
        feed(.exited(end))
    }

    /// The process from before an upgrade, where there is none of ours.
    mutating func adopt(ready: Bool) {
        guard !hasProcess, !spawning, !machine.ownsProcess else { return }
        hasProcess = true
        isAsked = false
        isKilled = false
        feed(.adopted(since: now - .seconds(60), ready: ready))
    }

    /// The timer that is armed fires when it is due, or later where the clock has leapt.
    mutating func fireTimer() {
        guard let armed = timer else { return }
        timer = nil
        now = max(now, armed.due)
        feed(.timer(generation: armed.generation))
    }

    /// The clock moves on; what falls due on the way fires.
    mutating func pass(_ duration: Duration) {
        now += duration
        if let armed = timer, armed.due <= now { fireTimer() }
    }

    /// A timer that was replaced fires all the same: it must match nothing.
    mutating func fireStaleTimer(_ age: Int) {
        guard let armed = timer else { return }
        let before = machine
        if !machine.handle(.timer(generation: armed.generation - age), at: now).isEmpty || machine != before {
            violations.append("an old timer meant something to \(before.state)")
        }
    }
}
