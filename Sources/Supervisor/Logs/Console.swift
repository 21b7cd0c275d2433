internal import CLinux
internal import Glibc
internal import PluginInterface
internal import ProcessControl

/// The supervisor's own standard output. A reader that does not read costs lines, which are counted, never a wait.
final class Console {
    private let descriptor: OwnedDescriptor
    /// Whether a write may block: somebody else owns the open file, so that its mode is not ours to change.
    private let mayBlock: Bool
    private var format: ConsoleFormat
    private var dropped = 0
    /// What a half-taken write has left over: a line is finished before another begins.
    private var rest: [UInt8] = []
    private var clock = (second: time_t(-1), text: "")

    /// nil when nobody reads standard output (closed, /dev/null), or when it is the journal itself, which gets our lines as
    /// structured fields.
    init?() {
        guard !Console.isJournal, !Console.isNull, fcntl(STDOUT_FILENO, F_GETFD) >= 0 else { return nil }
        // Opened anew where possible: non-blocking then means ours alone, not also our parent's.
        let own = (try? OwnedDescriptor.open("/proc/self/fd/1", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY))
        if let own {
            descriptor = own
            mayBlock = false
        } else {
            let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0 else { return nil }
            descriptor = OwnedDescriptor(adopting: copy)
            mayBlock = true
        }
        let terminal = isatty(STDOUT_FILENO) == 1
        format = ConsoleFormat(colours: terminal && getenv("NO_COLOR") == nil)
    }

    /// Whether standard output is a stream of journald. Source: systemd.exec(5), JOURNAL_STREAM.
    static var isJournal: Bool {
        guard let value = getenv("JOURNAL_STREAM") else { return false }
        var status = clinux_status()
        guard clinux_fstat(STDOUT_FILENO, &status) == 0 else { return false }
        return String(cString: value) == "\(status.device):\(status.inode)"
    }

    /// Whether standard output is /dev/null: lines need not be made up for it.
    private static var isNull: Bool {
        var (output, null) = (clinux_status(), clinux_status())
        guard clinux_fstat(STDOUT_FILENO, &output) == 0, clinux_stat("/dev/null", &null) == 0 else { return false }
        return output.device == null.device && output.inode == null.inode
    }

    func widen(to name: String) {
        format.width = max(format.width, name.count)
    }

    /// Whether something can be written: what is left of the last line is gone.
    var isReady: Bool { rest.isEmpty || write(&rest) }

    func drop(_ lines: Int) {
        dropped += lines
    }

    /// Shows whole lines, all with one write where they are taken.
    func show(_ block: UnsafeRawBufferPointer, watcher: String) {
        let clock = timeOfDay()
        var shown: [UInt8] = []
        LineBuffer.lines(of: block) {
            shown += format.render(LogLine(Array($0)[...]), watcher: watcher, clock: clock)
        }
        put(shown)
    }

    /// Puts text as it stands.
    func put(_ bytes: [UInt8]) {
        if !rest.isEmpty && !write(&rest) {
            dropped += 1
            return
        }
        if dropped > 0 {
            var note = Array("(\(dropped) lines were not shown: standard output was not read)\n".utf8)
            dropped = 0
            if !write(&note) {
                rest = note
                dropped = 1
                return
            }
        }
        var bytes = bytes
        if !write(&bytes) { rest = bytes }
    }

    /// - Returns: whether everything was taken; what was not stays in `bytes`.
    private func write(_ bytes: inout [UInt8]) -> Bool {
        var start = 0
        defer { bytes.removeFirst(start) }
        while start < bytes.count {
            if mayBlock && !hasRoom { return false }
            let written = bytes[start...].withUnsafeBytes { buffer in
                // A pipe that has room takes PIPE_BUF bytes without blocking.
                Glibc.write(descriptor.number, buffer.baseAddress, mayBlock ? min(buffer.count, 4096) : buffer.count)
            }
            if written >= 0 {
                start += written
            } else if errno == EINTR {
                continue
            } else if errno == EAGAIN {
                return false
            } else {
                // Nobody will read it any more.
                start = bytes.count
            }
        }
        return true
    }

    private var hasRoom: Bool {
        var state = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        return poll(&state, 1, 0) > 0
    }

    private func timeOfDay() -> String {
        var now = time(nil)
        if now != clock.second {
            var parts = tm()
            localtime_r(&now, &parts)
            clock = (
                now,
                [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
            )
        }
        return clock.text
    }
}
