/// What the results of a watcher's health checks come to.
package struct HealthState: Sendable, Equatable, Codable {
    /// What a result has changed.
    package enum Change: Sendable, Equatable {
        /// It goes on as it was.
        case none
        /// A check has failed, which is no verdict yet: `inARow` of `threshold`.
        case failed(inARow: Int, threshold: Int)
        /// As many in a row as make it unhealthy. Said once, until it recovers.
        case unhealthy(failures: Int)
        /// The first check that passed.
        case healthy
        /// The first that passed after it was unhealthy; so many had failed in a row.
        case recovered(failures: Int)
    }

    /// nil: no check has passed yet, and not enough have failed.
    package private(set) var isHealthy: Bool?
    package private(set) var failuresInARow = 0

    package init() {}

    /// - Parameter threshold: failures in a row that make it unhealthy; as it is configured now.
    package mutating func take(passed: Bool, threshold: Int) -> Change {
        guard passed else {
            failuresInARow += 1
            if failuresInARow >= threshold, isHealthy != false {
                isHealthy = false
                return .unhealthy(failures: failuresInARow)
            }
            return isHealthy == false ? .none : .failed(inARow: failuresInARow, threshold: threshold)
        }
        let failures = failuresInARow
        let before = isHealthy
        failuresInARow = 0
        isHealthy = true
        return switch before {
        case nil: .healthy
        case true?: .none
        case false?: .recovered(failures: failures)
        }
    }

    /// A new process: nothing is known of it.
    package mutating func reset() {
        self = HealthState()
    }
}
