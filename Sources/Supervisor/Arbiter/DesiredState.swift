internal import ProcessControl
internal import Supervision

/// What should run, made from a configuration. The arbiter knows nothing of how it came about.
struct DesiredState: Sendable {
    var definitions: [WatcherDefinition]
    var plugins: [PluginDefinition] = []
    var settings = SupervisorSettings()
    /// What was found out about the watchers' sockets: addresses of host names, numbers of owners.
    var socketRequests: [SocketDefinition: SocketRequest] = [:]
    /// Watchers whose start must succeed: when one of them fails at first, everything ends.
    var essential: Set<String> = []
    /// What is accepted but may surprise.
    var warnings: [String] = []
    /// The folder the watchers' logs are in, for the sentences that say where to look.
    var logs: String
    /// Writes the files that the watchers read. Blocks; runs on a helper thread.
    var write: @Sendable () throws(Refusal) -> Void = {}
    /// What is told a person once everything is ready.
    var banner: String?
}

/// Why a configuration does not take effect: one sentence for each problem, with its remedy.
struct Refusal: Error, Equatable, CustomStringConvertible {
    var problems: [String]

    var description: String { problems.joined(separator: "\n") }
}

extension DesiredState {
    /// The same with the names of its sockets looked up.
    /// - Blocks. Not for the loop's thread once it runs.
    func resolvingNames() throws(Refusal) -> DesiredState {
        var state = self
        do throws(SocketError) {
            state.socketRequests = try SocketRequest.all(definitions.flatMap(\.sockets))
        } catch {
            throw Refusal(problems: [error.description])
        }
        return state
    }
}
