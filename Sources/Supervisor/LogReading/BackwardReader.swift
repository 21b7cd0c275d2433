internal import CLinux
internal import Glibc
internal import ProcessControl

/// The newest lines of one plain file, read from its end: the last hundred of a large log come at once.
struct BackwardReader {
    private static let chunk = 64 << 10
    /// How far back a time is looked for once there are lines enough.
    private static let patience = 1 << 20

    let watcher: String
    let filter: LogFilter
    let count: Int
    /// Lines before this time are of no interest.
    let notBefore: Int64

    /// The newest that are asked for, at most `count`, the newest first.
    private var found: [LogEntry] = []
    /// Lines whose time is that of a line still to come, the newest first.
    private var untimed: [[UInt8]] = []
    private var scanned = 0
    private var isDone = false

    init(watcher: String, filter: LogFilter, count: Int, notBefore: Int64) {
        self.watcher = watcher
        self.filter = filter
        self.count = count
        self.notBefore = max(notBefore, filter.since ?? .min)
    }

    /// - Returns: the lines in the order of the file, and whether no older file can have any of interest.
    mutating func read(_ stored: StoredFile) throws(SystemError) -> (entries: [LogEntry], isDone: Bool) {
        let file = try stored.open()
        var end = stored.size
        // The beginning of a line whose end has been seen.
        var tail: [UInt8] = []
        var isFirst = true
        while end > 0 && !isDone {
            let start = max(0, end - Self.chunk)
            var block = [UInt8](repeating: 0, count: end - start)
            let got = pread(file.number, &block, block.count, off_t(start))
            guard got == block.count else { break }
            if isFirst, block.last == 0x0A { block.removeLast() }
            isFirst = false
            block += tail
            scanned += got
            tail = take(block, hasStart: start == 0)
            end = start
        }
        if !isDone { resolve(found.last?.time ?? stored.modified) }
        return (found.reversed(), isDone || found.count >= count)
    }

    /// Takes the lines of a block from its end.
    /// - Returns: the piece before its first newline.
    private mutating func take(_ block: [UInt8], hasStart: Bool) -> [UInt8] {
        var end = block.count
        while !isDone {
            let newline = block.withUnsafeBytes { bytes in bytes.baseAddress.map { clinux_last_newline($0, end) } ?? -1
            }
            guard newline >= 0 else {
                if hasStart { take(block[..<end]) }
                return Array(block[..<end])
            }
            take(block[(newline + 1)..<end])
            end = newline
        }
        return []
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        line.withUnsafeBytes { bytes in
            let time = LogTime.of(bytes)
            if untimed.count < count && filter.accepts(bytes) { untimed.append(Array(bytes)) }
            if let time {
                resolve(time)
                if time < notBefore || found.count >= count { isDone = true }
            } else if untimed.count >= count && scanned > Self.patience {
                resolve(found.last?.time ?? .max)
                isDone = true
            }
        }
    }

    private mutating func resolve(_ time: Int64) {
        for line in untimed where found.count < count && time >= notBefore && filter.accepts(time) {
            found.append(LogEntry(time: time, watcher: watcher, line: line))
        }
        untimed = []
    }
}
