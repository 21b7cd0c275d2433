/// Another watcher that must have come so far before a watcher starts.
package struct Dependency: Sendable, Equatable, Hashable, Codable {
    /// How far.
    package enum Condition: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
        /// Its process runs.
        case started
        /// It has said so, or its readiness probe has.
        case ready
        /// Ready, and its last health check passed.
        case healthy
        /// A oneshot that has ended well.
        case completed
    }

    package var watcher: String
    package var condition: Condition

    package init(_ watcher: String, _ condition: Condition = .ready) {
        self.watcher = watcher
        self.condition = condition
    }
}
