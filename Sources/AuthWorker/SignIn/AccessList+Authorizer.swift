extension AccessList: Authorizer {
    /// Decisions that may take long, and how many of them may wait.
    private static let threads = BackendThreads(2, limit: 128)
    private static let time: Duration = .seconds(5)

    var name: String { "acl" }

    func authorize(_ request: AccessRequest) async -> AuthorizationOutcome {
        do throws(BackendFailure) {
            let decision =
                if isDear(request) {
                    // Every combination of labels is a pattern of its own: nobody else's request waits behind them.
                    try await Self.threads.run(within: Self.time) { _ in decide(request) }
                } else {
                    decide(request)
                }
            return decision.rule == nil ? .noMatch : .decided(decision)
        } catch {
            return .failed(error)
        }
    }
}
