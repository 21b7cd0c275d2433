internal import ProcessControl

/// Reads the files of one log from the oldest on and gives out the lines that are asked for, one at a time.
/// - Memory: a buffer that holds the longest line.
/// - Times: a line without one gets that of the line before it. Before the first that has one, it gets that one's, where
///   it comes soon, else the file's.
final class ForwardReader {
    private static let longest = 16 << 20

    private let watcher: String
    private let filter: LogFilter
    private let trouble: (String) -> Void
    private var files: ArraySlice<StoredFile>
    private var source: StoredBytes?
    private var buffer: [UInt8]
    /// What of the buffer has not been given out.
    private var start = 0
    private var end = 0
    private var time: Int64?

    /// - Parameter files: of one log, the oldest first.
    init(
        watcher: String, files: [StoredFile], filter: LogFilter, chunk: Int = 32 << 10,
        trouble: @escaping (String) -> Void
    ) {
        self.watcher = watcher
        self.filter = filter
        self.trouble = trouble
        // A file that was written to last before that time has nothing to say.
        self.files = files.drop { file in filter.since.map { file.modified < $0 } ?? false }
        buffer = [UInt8](repeating: 0, count: chunk)
    }

    /// The next line that is asked for; nil at the end.
    func next() -> LogEntry? {
        while let line = nextLine() {
            let entry = buffer.withUnsafeBytes { bytes -> LogEntry? in
                let line = UnsafeRawBufferPointer(rebasing: bytes[line])
                if let own = LogTime.of(line) { time = own }
                guard let time, filter.accepts(time), filter.accepts(line) else { return nil }
                return LogEntry(time: time, watcher: watcher, line: Array(line))
            }
            if let entry { return entry }
        }
        return nil
    }

    /// Where the next line stands in the buffer, without its newline.
    private func nextLine() -> Range<Int>? {
        while true {
            if let newline = buffer[start..<end].firstIndex(of: 0x0A) {
                defer { start = newline + 1 }
                return start..<newline
            }
            if end - start >= Self.longest || (source == nil && start < end) {
                defer { start = end }
                return start..<end
            }
            if source == nil {
                guard openNext() else { return nil }
            } else {
                fill()
            }
        }
    }

    private func openNext() -> Bool {
        guard let file = files.popFirst() else { return false }
        do throws(SystemError) {
            source = try StoredBytes(file)
            fill()
            if time == nil { time = firstTime() ?? file.modified }
        } catch {
            trouble(error.problem)
        }
        return true
    }

    /// The first time that stands in the buffer.
    private func firstTime() -> Int64? {
        buffer.withUnsafeBytes { bytes in
            var found: Int64?
            LineBuffer.lines(of: UnsafeRawBufferPointer(rebasing: bytes[start..<end])) {
                if found == nil { found = LogTime.of($0) }
            }
            return found
        }
    }

    private func fill() {
        if start > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                let kept = bytes[start..<end]
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: kept))
            }
            end -= start
            start = 0
        }
        if end == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let count = buffer.withUnsafeMutableBytes { bytes in
            source?.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...])) ?? 0
        }
        end += count
        if count == 0 {
            if let problem = source?.problem { trouble(problem) }
            source = nil
        }
    }
}
