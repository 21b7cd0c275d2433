/// What happens to a watcher's process slot.
package enum WatcherEvent: Sendable, Equatable {
    // Orders.
    case start
    case stop
    /// Another process has taken its place: what it has begun, it may finish (`WatcherSettings.retirement`).
    case retire
    case restart
    /// Taking up a changed configuration: by signal, or where the process knows none, by a new process.
    case reload
    /// SIGKILL at once. It stays down, unless a restart was under way.
    case kill
    /// Ends this one process, by the watcher's signal and grace or by these; the policy starts the next. Circus's `kill`.
    case terminate(signal: Int32?, grace: Duration?)
    /// The process is older than `maxAge`. To be said of one that is ready (`ageLimit(draw:)`).
    case aged
    /// A process from before the supervisor's own upgrade: taken over as it is, rather than started.
    case adopted(since: Duration, ready: Bool)
    // What became of `.spawn`: exactly one of the two, however late.
    case spawned
    /// Also when the hook `before_spawn` refused.
    case spawnFailed
    /// The hook `after_spawn` refused the process that runs: it is killed, and its start has failed.
    case refused
    // What the process says.
    case ready
    case alive
    case stuck
    case extend(Duration)
    // What its health check says: `HealthState`'s verdict.
    case unhealthy
    // What the kernel says.
    case exited(ProcessEnd)
    case timer(generation: Int)
}
