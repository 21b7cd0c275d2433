internal import Supervision

/// A reload that is under way: its steps one after another, in starting order.
final class ReloadJob {
    var waiters: [(ReloadOutcome) -> Void]
    var outcome = ReloadOutcome()
    /// What each watcher is to be.
    var definitions: [String: WatcherDefinition] = [:]
    var pending: ArraySlice<ReloadPlan.Entry> = []
    /// What open sockets take up once the configuration is in force.
    var socketChanges: [SocketTable.Change] = []

    init(waiters: [(ReloadOutcome) -> Void]) {
        self.waiters = waiters
    }
}

/// What a reload came to.
struct ReloadOutcome: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        var watcher: String
        var step: String
        var problem: String?
    }

    /// Whether the new configuration is in force.
    var isApplied = false
    /// Why it was refused.
    var problems: [String] = []
    var warnings: [String] = []
    var steps: [Step] = []

    /// "auth: signal, proxy: replace", or that nothing has changed.
    var summary: String {
        let done = steps.filter { $0.step != "unchanged" }
        if done.isEmpty { return "nothing has changed" }
        return done.map { step in
            "\(step.watcher): \(step.step)" + (step.problem.map { " (\($0))" } ?? "")
        }.joined(separator: ", ")
    }
}
