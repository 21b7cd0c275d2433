internal import ArgumentParser
internal import Glibc

/// The watchers that a command means.
struct WatcherSelection: ParsableArguments {
    enum Match: String, ExpressibleByArgument, CaseIterable {
        /// Names with *, ? and [a-z].
        case glob
        /// POSIX extended regular expressions that match the whole name.
        case regex
        /// Names as they are.
        case simple
    }

    @Argument(help: "Names or patterns of watchers.", completion: Completion.watchers)
    var watchers: [String] = []
    @Option(help: "What the patterns are: glob, regex or simple.")
    var match = Match.glob

    var isEmpty: Bool { watchers.isEmpty }

    /// One pattern for the supervisor, which knows globs only: others are resolved here.
    func pattern(_ call: ControlCaller) throws(CallFailure) -> String {
        switch match {
        case .glob: return watchers.joined(separator: ",")
        case .simple:
            if let odd = watchers.first(where: { !NamePattern.isLiteral($0) }) {
                throw CallFailure(.failed, "there is no watcher \(odd)")
            }
            return watchers.joined(separator: ",")
        case .regex:
            let names = try call.get("/v1/list")["watchers"].values.compactMap(\.string)
            let expressions = try watchers.map { text throws(CallFailure) in try NameExpression(text) }
            let selected = names.filter { name in expressions.contains { $0.matches(name) } }
            guard !selected.isEmpty else {
                throw CallFailure(.failed, "no watcher matches \(watchers.joined(separator: " or "))")
            }
            return selected.joined(separator: ",")
        }
    }
}
