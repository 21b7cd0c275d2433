/// Another watcher that must have come so far before a watcher starts.
package struct Dependency: Sendable, Equatable, Hashable {
    /// How far.
    package enum Condition: String, Sendable, Equatable, Hashable, CaseIterable {
        /// Its process runs.
        case started
        /// It has said so, or its readiness probe has.
        case ready
        /// Ready, and its last health check passed.
        case healthy
        /// A oneshot that has ended well.
        case completed

        /// Whether one process slot of the watcher that is waited for has come so far.
        /// - A task that has ended well has been started and ready before.
        package func isMet(by machine: WatcherMachine, isHealthy: Bool) -> Bool {
            switch (self, machine.state) {
            case (.started, .starting): !machine.isSpawning
            case (.started, .running), (.ready, .running): true
            case (.healthy, .running): isHealthy
            case (.completed, .running): false
            case (.started, .finished), (.ready, .finished), (.healthy, .finished), (.completed, .finished): true
            case (.ready, .starting), (.healthy, .starting), (.completed, .starting): false
            case (.started, _), (.ready, _), (.healthy, _), (.completed, _): false
            }
        }
    }

    package var watcher: String
    package var condition: Condition

    package init(_ watcher: String, _ condition: Condition = .ready) {
        self.watcher = watcher
        self.condition = condition
    }
}
