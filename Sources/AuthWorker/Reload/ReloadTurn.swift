internal import NIOPosix

/// Lets one reload at a time through, on a thread of its own: SIGHUP and a changed file may come together, and files are read.
final class ReloadTurn: Sendable {
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init() { thread.start() }

    func take(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await thread.runIfActive(body)
    }

    /// Ends the thread when what it does is done.
    func close() { thread.shutdownGracefully { _ in } }
}
