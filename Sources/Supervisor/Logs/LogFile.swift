internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// A log file that is rotated by size and by the clock: `NAME.log`, then `NAME.log.1` (the newest) to `NAME.log.5`, or
/// `NAME.log.1.gz` once compressed.
/// - No line is split over two files and none is lost at rotation. A file renamed by somebody else (logrotate) is opened
///   anew. A full disk costs whole lines, which are counted, never a wait.
/// - Opened with the first output, so that a quiet watcher costs no descriptor.
final class LogFile {
    /// What its owner is to know.
    enum Report {
        /// Told once for each spell of trouble.
        case trouble(String)
        /// It is to be looked at again at this second of the wall clock.
        case due(Int)
        /// There may be older files to compress.
        case rotated
    }

    let path: String
    private(set) var rotation: LogRotation
    private(set) var lostBytes = 0
    /// Whether the last byte written was a newline, so that the next begins a line.
    private(set) var isAtLineStart = true
    private var file: OwnedDescriptor?
    private var size = 0
    private var inode: UInt64 = 0
    /// Pipes and devices can be named as a log as well; they are not rotated.
    private var isRegular = true
    private var checked = MonotonicTime(nanoseconds: 0)
    private var schedule: RotationSchedule?
    private var problemTold = false
    private let wallClock: () -> Int
    private let report: (Report) -> Void

    init(
        path: String, rotation: LogRotation = LogRotation(), wallClock: @escaping () -> Int = { time(nil) },
        report: @escaping (Report) -> Void
    ) {
        self.path = path
        self.rotation = rotation
        self.wallClock = wallClock
        self.report = report
    }

    /// - Parameter bytes: whole lines, but for pieces of one that is too long to be held.
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        openIfNeeded()
        let wasEmpty = size == 0
        var rest = bytes[...]
        while size + rest.count > limit, let end = rotationPoint(in: rest) {
            write(rest[..<end])
            rest = rest[end...]
            // A file that cannot be rotated grows: better than to lose lines, or the older files for nothing.
            guard rotate() else { break }
        }
        write(rest)
        if wasEmpty { tellDue() }
    }

    func append(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { append($0) }
    }

    // MARK: Rotating

    /// Rotates now, unless there is nothing in it.
    func rotateNow() {
        if file == nil && access(path, F_OK) == 0 { open() }
        if size > 0 && isAtLineStart { rotate() }
    }

    /// Looks at the clock, which says that it is time or has been set.
    func look() {
        guard file != nil, schedule?.look(at: wallClock()) == true else { return tellDue() }
        if size > 0 && isAtLineStart { rotate() }
        tellDue()
    }

    /// The path names another file by now, perhaps.
    func reopen() {
        guard file != nil, isAtLineStart else { return }
        open()
    }

    func configure(_ new: LogRotation) {
        guard new != rotation else { return }
        let before = rotation
        rotation = new
        if new.keep < before.keep { RotatedFiles(path: path, keep: new.keep).trim(from: before.keep) }
        guard file != nil else { return }
        if new.interval != before.interval { schedule = new.interval.map { .init($0, begun: wallClock()) } }
        if new.compress { report(.rotated) }
        tellDue()
    }

    private var limit: Int { isRegular ? rotation.size ?? .max : .max }

    private func tellDue() {
        guard file != nil, size > 0, isRegular, let due = schedule?.due else { return }
        report(.due(due))
    }

    /// Where to end this file: after the last newline that fits; else, when the file is full already, after the first.
    private func rotationPoint(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        if isAtLineStart && size >= limit { return bytes.startIndex }
        let room = max(0, limit - size)
        if let fitting = Self.lastNewline(in: bytes.prefix(room)) { return fitting + 1 }
        if isAtLineStart && size > 0 { return bytes.startIndex }
        return bytes.firstIndex(of: 0x0A).map { $0 + 1 }
    }

    private static func lastNewline(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        let buffer = UnsafeRawBufferPointer(rebasing: bytes)
        guard let base = buffer.baseAddress else { return nil }
        let index = clinux_last_newline(base, buffer.count)
        return index < 0 ? nil : bytes.startIndex + index
    }

    /// - Returns: false when the file stays the one it was.
    @discardableResult
    private func rotate() -> Bool {
        guard file != nil, isRegular else { return false }
        // The new file is opened first: without it, nothing is moved.
        let new = "\(path).new"
        do throws(SystemError) {
            let opened = try OwnedDescriptor.open(
                new, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK, mode: 0o640)
            guard RotatedFiles(path: path, keep: rotation.keep).take(), rename(new, path) == 0 else {
                throw .last("rotate \(path)")
            }
            adopt(opened)
        } catch {
            unlink(new)
            tell(error)
            return false
        }
        schedule?.begin(at: wallClock())
        if rotation.compress { report(.rotated) }
        return true
    }

    // MARK: Writing

    private func write(_ slice: Slice<UnsafeRawBufferPointer>) {
        let bytes = UnsafeRawBufferPointer(rebasing: slice)
        guard let last = bytes.last, let base = bytes.baseAddress else { return }
        guard file != nil else { return lose(bytes.count, SystemError("write \(path)", code: ENOENT)) }
        var taken = 0
        while taken < bytes.count {
            let count = Glibc.write(file?.number ?? -1, base + taken, bytes.count - taken)
            if count > 0 {
                taken += count
            } else if count == 0 || errno != EINTR {
                let error = SystemError.last("write \(path)")
                let kept = keepWholeLines(bytes, taken)
                size += kept
                return lose(bytes.count - kept, error)
            }
        }
        size += taken
        isAtLineStart = last == 0x0A
        if problemTold {
            problemTold = false
            report(.trouble("writing \(path) works again; \(lostBytes) bytes are lost"))
            lostBytes = 0
        }
    }

    /// Takes the piece of a line back that was written before the disk was full.
    /// - Returns: how many bytes stay.
    private func keepWholeLines(_ bytes: UnsafeRawBufferPointer, _ taken: Int) -> Int {
        guard taken > 0 else { return 0 }
        let whole = (Self.lastNewline(in: bytes[..<taken]) ?? -1) + 1
        var status = clinux_status()
        guard isRegular, isAtLineStart || whole > 0, let number = file?.number, clinux_fstat(number, &status) == 0,
            ftruncate(number, off_t(status.size) - off_t(taken - whole)) == 0
        else {
            isAtLineStart = whole == taken
            return taken
        }
        isAtLineStart = true
        return whole
    }

    private func lose(_ count: Int, _ error: SystemError) {
        lostBytes += count
        tell(error)
    }

    private func tell(_ error: SystemError) {
        if !problemTold { report(.trouble(error.description)) }
        problemTold = true
    }

    // MARK: Opening

    /// Opens the file, or opens it anew when its path names another file by now (looked at once a second at most).
    private func openIfNeeded() {
        let now = MonotonicTime.now
        guard file == nil || now.since(checked) >= .seconds(1) else { return }
        checked = now
        if file != nil {
            var status = clinux_status()
            if clinux_stat(path, &status) == 0, status.inode == inode { return }
            guard isAtLineStart else { return }
        }
        open()
    }

    private func open() {
        let isFirst = file == nil
        do throws(SystemError) {
            // Not waiting: the path may name a pipe that nobody reads.
            adopt(try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY, mode: 0o640))
        } catch {
            file = nil
            return tell(error)
        }
        if isFirst && isRegular && rotation.compress { report(.rotated) }
        // A file of yesterday ends now.
        look()
    }

    private func adopt(_ opened: consuming OwnedDescriptor) {
        var status = clinux_status()
        clinux_fstat(opened.number, &status)
        isRegular = status.is_file
        size = isRegular ? Int(status.size) : 0
        inode = status.inode
        file = consume opened
        isAtLineStart = true
        let now = wallClock()
        let begun = size > 0 ? min(now, Int(status.modified / 1_000_000_000)) : now
        if schedule == nil || size > 0 { schedule = rotation.interval.map { .init($0, begun: begun) } }
    }
}
