internal import BundleLog
internal import Glibc

/// A password from the terminal, twice and unseen, or the first line of standard input when that is no terminal. Never from
/// the command line, where everybody on the machine could read it.
enum PasswordPrompt {
    static func read(for name: String) throws(CallFailure) -> String {
        let password: String
        if isatty(STDIN_FILENO) == 1 {
            password = try ask("Password for \(name): ")
            guard try ask("Again: ") == password else { throw CallFailure(.failed, "the two passwords differ") }
        } else {
            password = readLine() ?? ""
        }
        guard !password.isEmpty else {
            throw CallFailure(.failed, "no password was given; type it, or send it as a line")
        }
        return password
    }

    private static func ask(_ prompt: String) throws(CallFailure) -> String {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw CallFailure(.failed, "cannot hide what is typed; send the password through standard input")
        }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        let signals = InterruptedPrompt()
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else {
            signals.end()
            throw CallFailure(.failed, "cannot hide what is typed; send the password through standard input")
        }
        StandardError.write(Array(prompt.utf8))
        let line = Self.line()
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        StandardError.write(Array("\n".utf8))
        // The terminal is as it was: now the signal may do what it does.
        signals.end()
        return line
    }

    /// A line as the terminal gives it; readLine() would begin again when a signal interrupts it.
    private static func line() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 4_096, Glibc.read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
