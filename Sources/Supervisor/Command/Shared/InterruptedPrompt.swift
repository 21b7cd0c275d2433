internal import Glibc
internal import Synchronization

/// Holds the signals back that would end the process, or stop it, while the terminal shows nothing of what is typed: Ctrl-C must not
/// leave it so. They interrupt what reads, and come to pass with `end()`.
/// - Source: getpass(3) and readpassphrase(3) do the same.
struct InterruptedPrompt: ~Copyable {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
    /// The last one that came; 0 for none.
    private static let caught = Atomic<CInt>(0)

    private var before: [sigaction] = []

    init() {
        Self.caught.store(0, ordering: .relaxed)
        var action = sigaction()
        // Without SA_RESTART: the read ends.
        action.__sigaction_handler.sa_handler = { InterruptedPrompt.caught.store($0, ordering: .relaxed) }
        for signal in Self.signals {
            var old = sigaction()
            sigaction(signal, &action, &old)
            before.append(old)
        }
    }

    /// Lets signals do again what they did before, and raises the one that came.
    consuming func end() {
        for (signal, action) in zip(Self.signals, before) {
            var action = action
            sigaction(signal, &action, nil)
        }
        let signal = Self.caught.load(ordering: .relaxed)
        if signal != 0 { raise(signal) }
    }
}
