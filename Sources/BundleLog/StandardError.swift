import Glibc
import Synchronization

/// Whole lines to standard error from any thread.
package enum StandardError {
    /// Held over the writes of a line that is too long for one atomic write to a pipe (pipe(7), PIPE_BUF).
    private static let longLines = Mutex(())

    package static func write(_ line: [UInt8]) {
        if line.count <= 4_096 {
            writeAll(line)
        } else {
            longLines.withLock { _ in writeAll(line) }
        }
    }

    private static func writeAll(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
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
}
