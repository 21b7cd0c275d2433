internal import CCrypt
internal import Dispatch
internal import Foundation
internal import Synchronization

/// The threads that hash passwords: as many as there are cores, below normal priority, never those that serve requests.
///
/// - Bounded: at most `limit` passwords wait; more are turned away at once.
/// - Lifetime: the threads live as long as the process.
final class PasswordPool: Sendable {
    private struct Job {
        var password: [UInt8]
        var hash: BcryptHash
        var answer: CheckedContinuation<Bool, Never>
    }

    private struct Queue {
        var jobs: [Job] = []
        var head = 0
    }

    private let limit: Int
    private let queue = Mutex(Queue())
    private let available = DispatchSemaphore(value: 0)

    init(threads: Int = ProcessInfo.processInfo.activeProcessorCount, limit: Int = 1024) {
        self.limit = limit
        for _ in 0..<max(1, threads) {
            Thread.detachNewThread { [self] in work() }
        }
    }

    /// Whether the password has the hash; nil when too many wait already.
    func verify(_ password: [UInt8], against hash: BcryptHash) async -> Bool? {
        guard queue.withLock({ $0.jobs.count - $0.head < limit }) else { return nil }
        return await withCheckedContinuation { answer in
            queue.withLock { $0.jobs.append(Job(password: password, hash: hash, answer: answer)) }
            available.signal()
        }
    }

    private func work() {
        // On Linux this is the calling thread's own priority.
        setpriority(__priority_which_t(UInt32(PRIO_PROCESS.rawValue)), 0, 10)
        let scratch = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        memset(scratch, 0, MemoryLayout<crypt_data>.size)
        while true {
            available.wait()
            guard let job = next() else { continue }
            let isRight = job.hash.verifies(job.password, scratch: scratch)
            job.answer.resume(returning: isRight)
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
