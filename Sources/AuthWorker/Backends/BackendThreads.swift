internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A back-end's own threads, for calls that block: a bounded number, with a bounded queue.
///
/// - Time: a job's deadline begins when it is queued. One whose turn comes too late is not begun, and whoever waits for one that
///   runs past it is answered then: getaddrinfo(3) knows no deadline, nor does a disk. Such a job ends by itself, on its thread.
/// - Lifetime: until `close()`.
final class BackendThreads: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    private let present: JobCount = JobCount()

    /// - Parameter limit: how many jobs may wait or run.
    init(_ count: Int, limit: Int = 512) {
        pool = NIOThreadPool(numberOfThreads: count)
        self.limit = limit
        pool.start()
    }

    /// Runs a job to its end.
    /// - Parameter body: must return soon after the deadline that it is given.
    func run<Value: Sendable>(
        within time: Duration,
        _ body: @escaping @Sendable (ContinuousClock.Instant) throws(BackendFailure) -> Value
    ) async throws(BackendFailure) -> Value {
        let deadline = ContinuousClock.now + time
        guard present.value.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            present.value.wrappingSubtract(1, ordering: .relaxed)
            throw BackendFailure(problem: "\(limit) requests wait for it already", isOutage: true)
        }
        let result: Result<Value, BackendFailure> = await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            // A little later than the job's own deadline: what that says is more exact.
            let late = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(time + Self.grace)) {
                answer.give(.failure(.late))
            }
            pool.submit { [present] state in
                defer { present.value.wrappingSubtract(1, ordering: .relaxed) }
                guard case .active = state else {
                    answer.give(.failure(BackendFailure(problem: "the request was given up", isOutage: true)))
                    return late.cancel()
                }
                answer.give(Self.result(until: deadline, body))
                late.cancel()
            }
        }
        return try result.get()
    }

    private static let grace: Duration = .milliseconds(100)

    private static func result<Value>(
        until deadline: ContinuousClock.Instant,
        _ body: (ContinuousClock.Instant) throws(BackendFailure) -> Value
    ) -> Result<Value, BackendFailure> {
        guard ContinuousClock.now < deadline else { return .failure(.late) }
        // A peer that no longer reads is an error of the call, not the end of the process.
        var broken = sigset_t()
        sigaddset(&broken, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &broken, nil)
        do throws(BackendFailure) {
            return .success(try body(deadline))
        } catch {
            return .failure(error)
        }
    }

    /// Ends the threads when their last jobs are done. What waits is given up.
    func close() {
        pool.shutdownGracefully { _ in }
    }
}

/// How many jobs wait or run, also when nobody waits for them any more.
private final class JobCount: Sendable {
    let value = Atomic<Int>(0)
}

/// Whoever waits is answered once: by the job, or by its deadline.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, Never>?>

    init(_ continuation: CheckedContinuation<Value, Never>) {
        self.continuation = Mutex(continuation)
    }

    func give(_ value: Value) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}
