package import BundleConfig
import Dispatch
import Foundation
import Synchronization

/// The threads that hash passwords: as many as there are cores, below normal priority, never those that serve requests.
///
/// - Bounded: at most `limit` jobs wait; more are turned away at once.
/// - Lifetime: the threads live as long as the process.
package final class PasswordPool: Sendable {
    private struct Job {
        var work: @Sendable (BcryptScratch) -> Void
    }

    private struct Queue {
        var jobs: [Job] = []
        var head = 0
    }

    private let limit: Int
    private let queue = Mutex(Queue())
    private let available = DispatchSemaphore(value: 0)

    package init(threads: Int = ProcessInfo.processInfo.activeProcessorCount, limit: Int = 1024) {
        self.limit = limit
        for _ in 0..<max(1, threads) {
            Thread.detachNewThread { [self] in work() }
        }
    }

    /// How many jobs wait for a thread.
    package var waiting: Int { queue.withLock { $0.jobs.count - $0.head } }

    /// Whether the password has the hash; nil when too many wait already.
    package func verify(_ password: [UInt8], against hash: BcryptHash) async -> Bool? {
        await run { hash.verifies(password, scratch: $0) }
    }

    /// What a piece of blocking work gives; nil when too much waits already.
    package func run<Value: Sendable>(_ body: @escaping @Sendable (BcryptScratch) -> Value) async -> Value? {
        guard queue.withLock({ $0.jobs.count - $0.head < limit }) else { return nil }
        return await withCheckedContinuation { answer in
            queue.withLock { $0.jobs.append(Job { answer.resume(returning: body($0)) }) }
            available.signal()
        }
    }

    private func work() {
        // On Linux this is the calling thread's own priority.
        setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, 10)
        let scratch = BcryptScratch()
        while true {
            available.wait()
            next()?.work(scratch)
        }
    }

    private func next() -> Job? {
        queue.withLock { queue in
            guard queue.head < queue.jobs.count else { return nil }
            let job = queue.jobs[queue.head]
            queue.head += 1
            if queue.head == queue.jobs.count || queue.head > 256 {
                queue.jobs.removeFirst(queue.head)
                queue.head = 0
            }
            return job
        }
    }
}
