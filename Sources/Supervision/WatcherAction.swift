/// What the owner of a `WatcherMachine` does for it, in order.
package enum WatcherAction: Sendable, Equatable {
    /// Starts the process; answered by `.spawned` or `.spawnFailed`.
    case spawn
    /// Reports `.timer(generation:)` after that long. It replaces the slot's earlier timer.
    case arm(generation: Int, after: Duration)
    /// Sends a signal to the main process.
    case signal(Int32)
    /// Kills every process of the group.
    case killGroup
    /// Tells the world.
    case report(WatcherReport)
}
