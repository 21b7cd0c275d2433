internal import ArgumentParser
internal import BundleConfig

/// How long a command waits for what it has asked for.
struct WaitArguments: ParsableArguments {
    @Flag(help: "Wait for the result: ready, stopped, replaced.")
    var wait = false
    @Option(help: "How long to wait at most, such as 30s; exit code 1 when it takes longer.")
    var timeout: Seconds?

    /// How long an answer that needs no waiting may take.
    private static let usual: Duration = .seconds(30)

    /// The part of the query that tells the supervisor.
    var query: [(String, String)] {
        guard wait else { return [] }
        return [("wait", "true")] + (timeout.map { [("timeout", DurationText.text($0.duration))] } ?? [])
    }

    /// How long the client itself waits; longer than the supervisor, which has the better answer.
    var patience: Duration? {
        guard wait else { return timeout?.duration ?? Self.usual }
        return timeout.map { $0.duration + .seconds(5) }
    }

    /// A duration as an argument: "5", "5s", "2m30s".
    struct Seconds: ExpressibleByArgument {
        let duration: Duration

        init?(argument: String) {
            guard let duration = DurationText.parse(argument) else { return nil }
            self.duration = duration
        }
    }
}
