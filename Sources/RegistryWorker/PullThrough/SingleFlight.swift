import Synchronization

/// Lets several who want the same at the same time share one doing of it.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let running = Mutex<[Key: Task<Value, any Error>]>([:])

    /// What the work gives, begun by whoever came first. The bridge to the task: it goes on when the first gives up, and ends by
    /// itself.
    func run(_ key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = running.withLock { running in
            if let task = running[key] { return task }
            let task = Task {
                defer { remove(key) }
                return try await work()
            }
            running[key] = task
            return task
        }
        return try await task.value
    }

    private func remove(_ key: Key) {
        running.withLock { $0[key] = nil }
    }
}
