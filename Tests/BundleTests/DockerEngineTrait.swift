import Testing

/// Starts the engine before a suite and stops it afterwards.
struct DockerEngineTrait: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    @concurrent
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let engine = try await DockerEngine.start()
        do {
            try await DockerEngine.$current.withValue(engine) { try await function() }
        } catch {
            try await DockerEngine.stop()
            throw error
        }
        try await DockerEngine.stop()
    }
}

extension Trait where Self == DockerEngineTrait {
    /// The suite's tests find a running Docker engine in `DockerEngine.current`.
    static var dockerEngine: Self { DockerEngineTrait() }
}
