import Synchronization

/// Does something once an interval. One task at a time: a new one ends the old.
final class Repetition: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// The bridge to the task: it ends with the next call of `begin` or `end`, and at the latest with the process.
    /// - Parameters:
    ///   - first: the pause before the first time, where it is shorter than the interval. Not zero: a start has better
    ///     things to do, and restarts in a row would each do it.
    ///   - body: false ends it.
    func begin(every interval: Duration, first: Duration, _ body: @escaping @Sendable () async -> Bool) {
        replace(
            with: Task {
                var pause = min(interval, first)
                while !Task.isCancelled {
                    do { try await Task.sleep(for: pause) } catch { return }
                    guard await body() else { return }
                    pause = interval
                }
            })
    }

    func end() {
        replace(with: nil)
    }

    private func replace(with new: Task<Void, Never>?) {
        let old = task.withLock { task in
            defer { task = new }
            return task
        }
        old?.cancel()
    }
}
