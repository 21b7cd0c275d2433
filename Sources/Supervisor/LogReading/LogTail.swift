internal import CLinux
internal import Glibc
internal import ProcessControl

/// One log as it grows: its new lines, over rotation, compression and external renames.
final class LogTail {
    let watcher: String
    let path: String
    private let filter: LogFilter
    private let trouble: (String) -> Void
    private var file: OwnedDescriptor?
    private var inode: UInt64 = 0
    private var offset = 0
    private var lines = LineBuffer()
    private var time: Int64?
    private let now: () -> Int64

    /// - Parameter seen: the file whose lines have been read up to its size; nil: the log is new.
    init(
        watcher: String, path: String, seen: StoredFile?, filter: LogFilter,
        now: @escaping () -> Int64 = { Int64(Glibc.time(nil)) * 1_000_000_000 }, trouble: @escaping (String) -> Void
    ) {
        self.watcher = watcher
        self.path = path
        self.filter = filter
        self.now = now
        self.trouble = trouble
        guard let seen, let opened = try? seen.open() else { return }
        adopt(opened, offset: seen.size)
        // Rotated and compressed since: what it is now has its own beginning.
        if inode != seen.inode { offset = 0 }
    }

    /// Everything that has been added since the last call.
    func read(_ emit: (LogEntry) -> Void) {
        if file == nil {
            guard open() else { return }
        }
        readFile(emit)
        var status = clinux_status()
        // Gone: until there is a new one, its writer may still write to the old.
        while clinux_stat(path, &status) == 0, status.inode != inode {
            // Once there is a new file, the old one is complete.
            readFile(emit)
            readBetween(emit)
            guard open() else { return }
            readFile(emit)
        }
    }

    private func open() -> Bool {
        file = nil
        guard let opened = try? OwnedDescriptor.open(path, O_RDONLY) else { return false }
        adopt(opened, offset: 0)
        return true
    }

    private func adopt(_ opened: consuming OwnedDescriptor, offset: Int) {
        var status = clinux_status()
        clinux_fstat(opened.number, &status)
        inode = status.inode
        self.offset = offset
        file = consume opened
    }

    private func readFile(_ emit: (LogEntry) -> Void) {
        guard let number = file?.number else { return }
        var status = clinux_status()
        if clinux_fstat(number, &status) == 0, status.size < offset {
            // Cut off by somebody (copytruncate).
            offset = 0
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(number, &buffer, buffer.count, off_t(offset))
            guard count > 0 else { return }
            offset += count
            buffer.withUnsafeBytes { bytes in
                lines.feed(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { take($0, emit) }
            }
        }
    }

    /// What was rotated more than once since the last look: the files between ours and the current one.
    private func readBetween(_ emit: (LogEntry) -> Void) {
        guard let number = file?.number else { return }
        var own = clinux_status()
        clinux_fstat(number, &own)
        var between: [StoredFile] = []
        for number in 1...1000 {
            guard
                let older = StoredFile(log: path, number: number, isCompressed: false)
                    ?? StoredFile(log: path, number: number, isCompressed: true)
            else { break }
            // Compressed, it has another inode, but the same time.
            if older.inode == inode || (older.isCompressed && older.modified <= own.modified) { break }
            if older.modified < own.modified { break }
            between.append(older)
        }
        for file in between.reversed() {
            do throws(SystemError) {
                let source = try StoredBytes(file)
                var buffer = [UInt8](repeating: 0, count: 64 << 10)
                while true {
                    let count = buffer.withUnsafeMutableBytes { source.read(into: $0) }
                    guard count > 0 else { break }
                    buffer.withUnsafeBytes { bytes in
                        lines.feed(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { take($0, emit) }
                    }
                }
            } catch {
                trouble(error.problem)
            }
        }
    }

    private func take(_ block: UnsafeRawBufferPointer, _ emit: (LogEntry) -> Void) {
        LineBuffer.lines(of: block) { line in
            if let own = LogTime.of(line) { time = own }
            let time = time ?? now()
            guard filter.accepts(time), filter.accepts(line) else { return }
            emit(LogEntry(time: time, watcher: watcher, line: Array(line)))
        }
    }
}
