/// What happens to a watcher's process slot.
package enum WatcherEvent: Sendable, Equatable {
    // Orders.
    case start
    case stop
    case restart
    case reload
    case kill
    // What became of `.spawn`.
    case spawned
    case spawnFailed
    // What the process says.
    case ready
    case alive
    case stuck
    case extend(Duration)
    // What the kernel says.
    case exited(ProcessEnd)
    case timer(generation: Int)
}
