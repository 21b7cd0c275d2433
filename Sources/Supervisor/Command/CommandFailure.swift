internal import ArgumentParser
internal import BundleLog

/// Ends a command with what is wrong on standard error, one line a problem, and an exit code.
enum CommandFailure {
    /// EX_CONFIG of sysexits(3).
    static let configurationRefused: Int32 = 78

    static func end(_ refusal: Refusal, code: Int32) -> ExitCode {
        for problem in refusal.problems { StandardError.write(Array("dockmaster: \(problem)\n".utf8)) }
        return ExitCode(code)
    }
}
