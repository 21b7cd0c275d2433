import Glibc
import Synchronization

/// Whole lines to standard error from any thread.
package enum StandardError {
    /// Held over the writes of a line that is too long for one atomic write to a pipe (pipe(7), PIPE_BUF).
    private static let longLines = Mutex(())

    package static func write(_ line: [UInt8]) {
        line.withUnsafeBytes(write)
    }

    /// Whole lines, one or several.
    package static func write(_ lines: UnsafeRawBufferPointer) {
        if lines.count <= 4_096 {
            writeAll(lines)
        } else {
            longLines.withLock { _ in writeAll(lines) }
        }
    }

    private static func writeAll(_ lines: UnsafeRawBufferPointer) {
        var rest = lines[...]
        while !rest.isEmpty {
            let written = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }
}
