/// What the owner of a `WatcherMachine` does for it, in order.
package enum WatcherAction: Sendable, Equatable {
    /// Starts the process; answered by exactly one `.spawned` or `.spawnFailed`, now or later.
    case spawn
    /// The unanswered `.spawn` is not wanted any more. It is still answered: `.spawned` if it was too late.
    case abandonSpawn
    /// Reports `.timer(generation:)` after that long. It replaces the slot's earlier timer.
    case arm(generation: Int, after: Duration)
    /// Sends a signal to the main process.
    case signal(Int32)
    /// Kills every process of the group.
    case killGroup
    /// Tells the world.
    case report(WatcherReport)
}
