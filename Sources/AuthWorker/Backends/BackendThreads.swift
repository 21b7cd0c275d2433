internal import Glibc
internal import NIOPosix
internal import Synchronization

/// A back-end's own threads, for calls that block: a bounded number, with a bounded queue.
///
/// - Time: a job's deadline begins when it is queued. One whose turn comes too late is not begun, so that even behind a peer
///   that hangs nobody waits longer than the time-out.
/// - Lifetime: until `close()`.
final class BackendThreads: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    private let present = Atomic<Int>(0)

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
        guard present.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            present.wrappingSubtract(1, ordering: .relaxed)
            throw BackendFailure(problem: "\(limit) requests wait for it already", isOutage: true)
        }
        defer { present.wrappingSubtract(1, ordering: .relaxed) }
        let result: Result<Value, BackendFailure>
        do {
            result = try await pool.runIfActive { Self.result(until: deadline, body) }
        } catch {
            throw BackendFailure(problem: "the request was given up", isOutage: true)
        }
        return try result.get()
    }

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
