/// What a finished command left behind.
struct CommandResult: Sendable, CustomStringConvertible {
    var script: String
    /// The exit code; 128 + the signal's number after a signal, 124 after the time limit.
    var status: Int32
    var output: String
    var errors: String

    var succeeded: Bool { status == 0 }
    /// Both streams, for a look at what a person would have seen.
    var text: String { output + errors }
    var line: String { output.split(separator: "\n").first.map(String.init) ?? "" }

    var description: String {
        "$ \(script)\nexit code \(status)\n--- output\n\(output.suffix(6000))\n--- errors\n\(errors.suffix(6000))"
    }
}
