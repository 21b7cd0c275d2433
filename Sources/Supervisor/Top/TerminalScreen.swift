internal import Glibc
internal import ProcessControl

/// The terminal as a screen of its own: keys come one by one and are not shown, the cursor is hidden. Whatever was there
/// before comes back when this ends.
final class TerminalScreen {
    private var before = termios()
    private var isOpen = false

    /// nil when standard input or output is no terminal.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &before) == 0 else {
            return nil
        }
        var raw = before
        // Keys that would stop this program within its screen (^Z, ^\) are keys like others; ^C is read as one.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        raw.c_iflag &= ~tcflag_t(IXON)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
        isOpen = true
        // The other screen, no cursor, no wrapping of long lines.
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    }

    deinit { close() }

    func close() {
        guard isOpen else { return }
        isOpen = false
        write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
    }

    /// Columns and lines.
    static var size: (width: Int, height: Int) {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return (BundleArguments.variable("COLUMNS").flatMap { Int($0) } ?? 80, 24)
        }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// Draws over what is there, without flicker.
    func draw(_ lines: [String]) {
        write("\u{1B}[H" + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    private func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
