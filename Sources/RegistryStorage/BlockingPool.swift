import NIOCore
import NIOPosix

/// A bounded set of threads on which calls that block are made, so that neither event loops nor tasks ever wait for a disk.
struct BlockingPool: Sendable {
    private let pool: NIOThreadPool
    private let loops: MultiThreadedEventLoopGroup

    /// The threads live as long as the process.
    init(threads: Int, loops: MultiThreadedEventLoopGroup = .singleton) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        self.loops = loops
    }

    /// Runs to the end once begun; a task that is cancelled before that gets `.stopping`.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError>
        do {
            result = try await pool.runIfActive { Self.result(body) }
        } catch {
            throw .stopping
        }
        return try result.get()
    }

    /// Begins at once and gives the outcome later; never cancelled.
    func begin<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) -> EventLoopFuture<Result<Value, StorageError>> {
        pool.runIfActive(eventLoop: loops.next()) { Self.result(body) }
    }

    private static func result<Value>(_ body: () throws(StorageError) -> Value) -> Result<Value, StorageError> {
        do throws(StorageError) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }
}
