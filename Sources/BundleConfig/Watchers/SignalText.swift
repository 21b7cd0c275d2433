import Glibc

/// Signals as people write them: `TERM`, `SIGTERM`, `term`, `15`, `RTMIN+1`.
package enum SignalText {
    /// - Returns: nil for anything that is not a signal of this system.
    package static func parse(_ text: String) -> Int32? {
        if let number = Int32(text) { return (1...64).contains(number) ? number : nil }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let number = names.first(where: { $0.name == name })?.number { return number }
        let base: Int32
        if name.hasPrefix("RTMIN") { base = 34 } else if name.hasPrefix("RTMAX") { base = 64 } else { return nil }
        let offset = name.dropFirst(5)
        guard let number = offset.isEmpty ? base : Int32(offset).map({ base + $0 }), (34...64).contains(number) else {
            return nil
        }
        return number
    }

    /// `TERM`; a real-time signal as `RTMIN+1`.
    package static func text(_ number: Int32) -> String {
        names.first { $0.number == number }?.name ?? (number == 34 ? "RTMIN" : "RTMIN+\(number - 34)")
    }

    /// The names, as an error message lists them; the first of a number is the one that is shown.
    package static let names: [(name: String, number: Int32)] = [
        ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ILL", SIGILL), ("TRAP", SIGTRAP), ("ABRT", SIGABRT),
        ("BUS", SIGBUS), ("FPE", SIGFPE), ("KILL", SIGKILL), ("USR1", SIGUSR1), ("SEGV", SIGSEGV), ("USR2", SIGUSR2),
        ("PIPE", SIGPIPE), ("ALRM", SIGALRM), ("TERM", SIGTERM), ("STKFLT", SIGSTKFLT), ("CHLD", SIGCHLD),
        ("CONT", SIGCONT), ("STOP", SIGSTOP), ("TSTP", SIGTSTP), ("TTIN", SIGTTIN), ("TTOU", SIGTTOU), ("URG", SIGURG),
        ("XCPU", SIGXCPU), ("XFSZ", SIGXFSZ), ("VTALRM", SIGVTALRM), ("PROF", SIGPROF), ("WINCH", SIGWINCH),
        ("IO", SIGIO), ("PWR", SIGPWR), ("SYS", SIGSYS), ("POLL", SIGIO), ("IOT", SIGABRT),
    ]
}
