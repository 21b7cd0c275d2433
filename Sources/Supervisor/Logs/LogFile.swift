internal import Glibc
internal import ProcessControl

/// A log file that is rotated by size: `NAME.log`, then `NAME.log.1` (the newest) to `NAME.log.5`.
/// - No line is split over two files and none is lost at rotation. A file renamed by somebody else (logrotate) is opened
///   anew. A full disk costs lines, which are counted, never a wait.
final class LogFile {
    struct Limits {
        var size = 50 << 20
        var keep = 5
    }

    let path: String
    private let limits: Limits
    private var file: OwnedDescriptor?
    private var size = 0
    private var inode: UInt64 = 0
    private var checked = MonotonicTime(nanoseconds: 0)
    /// Whether the last byte written was a newline, so that the next begins a line.
    private(set) var isAtLineStart = true
    private(set) var lostBytes = 0
    private var problemTold = false
    /// Told once for each spell of trouble.
    private let trouble: (String) -> Void

    init(path: String, limits: Limits = Limits(), trouble: @escaping (String) -> Void) {
        self.path = path
        self.limits = limits
        self.trouble = trouble
    }

    func append(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return }
        openIfNeeded()
        var rest = bytes
        while size + rest.count > limits.size, let end = rotationPoint(in: rest) {
            write(rest[..<end])
            rest = rest[end...]
            // A file that cannot be rotated grows: better than to lose lines, or the older files for nothing.
            guard rotate() else { break }
        }
        write(rest)
    }

    /// Where to end this file: after the last newline that fits; else, when the file is full already, after the first.
    private func rotationPoint(in bytes: ArraySlice<UInt8>) -> Int? {
        if isAtLineStart && size >= limits.size { return bytes.startIndex }
        let room = max(0, limits.size - size)
        if let fitting = bytes.prefix(room).lastIndex(of: 0x0A) { return fitting + 1 }
        if isAtLineStart && size > 0 { return bytes.startIndex }
        return bytes.firstIndex(of: 0x0A).map { $0 + 1 }
    }

    private func write(_ bytes: ArraySlice<UInt8>) {
        guard let last = bytes.last else { return }
        do throws(SystemError) {
            guard file != nil else { throw SystemError("write \(path)", code: ENOENT) }
            try writeAll(bytes)
            isAtLineStart = last == 0x0A
            if problemTold {
                problemTold = false
                trouble("writing \(path) works again; \(lostBytes) bytes are lost")
                lostBytes = 0
            }
        } catch {
            lostBytes += bytes.count
            tell(error)
        }
    }

    private func writeAll(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file?.number ?? -1, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("write \(path)")
            }
            size += written
            rest = rest.dropFirst(written)
        }
    }

    private func tell(_ error: SystemError) {
        if !problemTold { trouble(error.description) }
        problemTold = true
    }

    /// Opens the file, or opens it anew when its path names another file by now (looked at once a second at most).
    private func openIfNeeded() {
        let now = MonotonicTime.now
        guard file == nil || now.since(checked) >= .seconds(1) else { return }
        checked = now
        if file != nil {
            var status = stat()
            if stat(path, &status) == 0, UInt64(status.st_ino) == inode { return }
            guard isAtLineStart else { return }
        }
        open()
    }

    private func open() {
        file = nil
        do throws(SystemError) {
            let opened = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o640)
            var status = stat()
            fstat(opened.number, &status)
            size = Int(status.st_size)
            inode = UInt64(status.st_ino)
            file = consume opened
            isAtLineStart = true
        } catch {
            tell(error)
        }
    }

    /// - Returns: false when the file stays the one it was.
    private func rotate() -> Bool {
        let passing = "\(path).rotating"
        guard file != nil, rename(path, passing) == 0 else { return false }
        open()
        guard file != nil else {
            // No new file: the old one goes on.
            rename(passing, path)
            open()
            return false
        }
        for number in stride(from: limits.keep - 1, through: 1, by: -1) {
            rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        if limits.keep > 0 { rename(passing, "\(path).1") } else { unlink(passing) }
        return true
    }
}
