internal import ArgumentParser

/// What shells offer behind a command.
enum Completion {
    /// The running supervisor's watchers.
    static let watchers = CompletionKind.shellCommand("dockmaster list --names 2>/dev/null")
    static let signals = CompletionKind.list([
        "HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM", "CONT", "STOP", "WINCH",
    ])
}
