internal import Glibc

/// Signals by the names that operators use.
package enum SignalName {
    private static let names: [(CInt, String)] = [
        (SIGHUP, "SIGHUP"), (SIGINT, "SIGINT"), (SIGQUIT, "SIGQUIT"), (SIGILL, "SIGILL"), (SIGTRAP, "SIGTRAP"),
        (SIGABRT, "SIGABRT"), (SIGBUS, "SIGBUS"), (SIGFPE, "SIGFPE"), (SIGKILL, "SIGKILL"), (SIGUSR1, "SIGUSR1"),
        (SIGSEGV, "SIGSEGV"), (SIGUSR2, "SIGUSR2"), (SIGPIPE, "SIGPIPE"), (SIGALRM, "SIGALRM"), (SIGTERM, "SIGTERM"),
        (SIGCHLD, "SIGCHLD"), (SIGCONT, "SIGCONT"), (SIGSTOP, "SIGSTOP"), (SIGTSTP, "SIGTSTP"), (SIGTTIN, "SIGTTIN"),
        (SIGTTOU, "SIGTTOU"), (SIGURG, "SIGURG"), (SIGXCPU, "SIGXCPU"), (SIGXFSZ, "SIGXFSZ"),
        (SIGVTALRM, "SIGVTALRM"), (SIGPROF, "SIGPROF"), (SIGWINCH, "SIGWINCH"), (SIGIO, "SIGIO"), (SIGSYS, "SIGSYS"),
    ]

    /// "SIGSEGV", or "signal 40" for one without a name.
    package static func name(_ number: CInt) -> String {
        names.first { $0.0 == number }?.1 ?? "signal \(number)"
    }

    /// The number for "SIGHUP", "hup" or "1".
    package static func number(_ name: String) -> CInt? {
        if let number = CInt(name), (1...64).contains(number) { return number }
        let upper = name.uppercased()
        return names.first { $0.1 == upper || $0.1 == "SIG" + upper }?.0
    }
}
