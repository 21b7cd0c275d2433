import Glibc

/// The events that one endpoint has not accepted yet, in order, in files of a folder of their own.
///
/// - Shape: segments `<number>.events` of whole records, appended to; `position` says what has been accepted. A segment that is
///   accepted whole is removed.
/// - Durable: against the death of the process when `append` returns (the kernel has it); against a power cut after the next sync
///   of what `takeUnsynced` gives. What was accepted may be sent again after either: at least once, never less.
/// - Size: at most `limit` bytes, plus what one segment lacks; then the oldest segment is dropped, and counted.
///
/// `@unchecked Sendable`: every call is made on the one thread of its hub.
final class EventQueue: @unchecked Sendable {
    /// The place of an event in the queue.
    struct Position: Equatable {
        var segment: Int
        var offset: Int
    }

    private struct Segment {
        var number: Int
        /// Bytes of whole records.
        var size: Int
        /// Records that have not been accepted.
        var pending: Int
    }

    private let folder: String
    private let limit: Int
    private var segments: [Segment] = []
    private var offset = 0
    private var writer: CInt = -1
    private var reader: (segment: Int, descriptor: CInt)?
    private var positions: CInt = -1
    private var unsynced: [CInt] = []
    private var isDirty = false
    /// Events that were dropped because the queue was full, or that were lost to damage, since it was opened.
    private(set) var dropped = 0

    var pending: Int { segments.reduce(0) { $0 + $1.pending } }
    var bytes: Int { segments.reduce(0) { $0 + $1.size } }
    private var segmentLimit: Int { max(limit / 8, 4_096) }

    /// Opens a queue where it was left. Blocks.
    init(folder: String, limit: Int) throws(QueueError) {
        self.folder = folder
        self.limit = limit
        try QueueFile.makeFolder(folder)
        positions = try QueueFile.open("\(folder)/position", O_RDWR | O_CREAT)
        let accepted = try readPosition()
        for number in try QueueFile.numbers(in: folder) {
            if number < accepted.segment {
                unlink(path(number))
                continue
            }
            let bytes = try QueueFile.contents(of: path(number))
            let ends = QueueRecord.ends(in: bytes)
            var segment = Segment(number: number, size: ends.last ?? 0, pending: ends.count)
            if number == accepted.segment, let index = ends.firstIndex(of: accepted.offset) {
                offset = accepted.offset
                segment.pending = ends.count - index - 1
            }
            segments.append(segment)
        }
        if let last = segments.last {
            writer = try QueueFile.open(path(last.number), O_WRONLY | O_APPEND)
            // What a crash has left of a record would stand between it and the next.
            guard ftruncate(writer, off_t(last.size)) == 0 else { throw QueueError("shorten", path(last.number)) }
        } else {
            try begin(accepted.segment + 1)
        }
    }

    deinit {
        for descriptor in unsynced + [writer, positions, reader?.descriptor ?? -1] where descriptor >= 0 {
            close(descriptor)
        }
    }

    /// Adds an event at the end. Blocks no longer than a write to the page cache takes.
    func append(_ event: [UInt8]) throws(QueueError) {
        let record = QueueRecord.encoded(event)
        guard record.count <= min(limit / 2, QueueRecord.longest), !event.isEmpty else {
            dropped += 1
            return
        }
        if segments[segments.count - 1].size >= segmentLimit { try begin(segments[segments.count - 1].number + 1) }
        let last = segments.count - 1
        do throws(QueueError) {
            try QueueFile.write(record, to: writer, path(segments[last].number))
        } catch {
            // Half a record must not stay: nothing behind it would be found.
            _ = ftruncate(writer, off_t(segments[last].size))
            throw error
        }
        segments[last].size += record.count
        segments[last].pending += 1
        isDirty = true
        while bytes > limit, segments.count > 1 { removeFirst() }
    }

    /// The oldest event that has not been accepted; nil when there is none.
    func front() throws(QueueError) -> (event: [UInt8], position: Position)? {
        while let first = segments.first {
            if offset >= first.size {
                guard segments.count > 1 else { return nil }
                removeFirst()
                continue
            }
            if reader?.segment != first.number {
                if let old = reader { close(old.descriptor) }
                reader = nil
                reader = (first.number, try QueueFile.open(path(first.number), O_RDONLY))
            }
            guard let reader else { return nil }
            let header = try QueueFile.read(reader.descriptor, QueueRecord.headerSize, at: offset, path(first.number))
            let length = header.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            let bytes = try QueueFile.read(
                reader.descriptor, QueueRecord.headerSize + min(length, QueueRecord.longest), at: offset,
                path(first.number))
            if let event = QueueRecord.event(in: bytes, at: 0) {
                return (Array(event), Position(segment: first.number, offset: offset))
            }
            // Damage: where the next record begins is not known.
            dropped += first.pending
            segments[0].pending = 0
            offset = first.size
        }
        return nil
    }

    /// The endpoint has accepted the event; one that was dropped meanwhile is no event of the queue any more.
    func accept(_ position: Position, length: Int) throws(QueueError) {
        guard let first = segments.first, first.number == position.segment, offset == position.offset else { return }
        offset += QueueRecord.headerSize + length
        segments[0].pending = max(first.pending - 1, 0)
        if offset >= first.size, segments.count == 1, first.size >= min(segmentLimit, 64 << 10) {
            try begin(first.number + 1)
        }
        if offset >= first.size, segments.count > 1 { removeFirst() }
        try writePosition()
    }

    /// Descriptors that are to be synced and closed by the caller, on a thread that may wait for the disk; empty when all is synced.
    func takeUnsynced() -> [CInt] {
        guard isDirty else { return [] }
        isDirty = false
        let taken = unsynced + [dup(writer)].filter { $0 >= 0 }
        unsynced = []
        return taken
    }

    private func path(_ number: Int) -> String { "\(folder)/\(number).events" }

    /// Starts a new segment.
    private func begin(_ number: Int) throws(QueueError) {
        let new = try QueueFile.open(path(number), O_WRONLY | O_APPEND | O_CREAT)
        if writer >= 0 { unsynced.append(writer) }
        if let folder = try? QueueFile.open(folder, O_RDONLY | O_DIRECTORY) { unsynced.append(folder) }
        writer = new
        segments.append(Segment(number: number, size: 0, pending: 0))
    }

    private func removeFirst() {
        let first = segments.removeFirst()
        dropped += first.pending
        offset = 0
        unlink(path(first.number))
    }

    private func readPosition() throws(QueueError) -> Position {
        let bytes = try QueueFile.read(positions, 64, at: 0, "\(folder)/position")
        let numbers = String(decoding: bytes, as: UTF8.self).split(separator: Character(" ")).compactMap { Int($0) }
        // A position that cannot be read costs repetitions, not events.
        guard numbers.count == 2 else { return Position(segment: 0, offset: 0) }
        return Position(segment: numbers[0], offset: numbers[1])
    }

    /// Of one length, in one write: it never holds half of one and half of another.
    private func writePosition() throws(QueueError) {
        guard let first = segments.first else { return }
        let text =
            [first.number, offset].map { number in
                let digits = String(number)
                return String(repeating: "0", count: max(20 - digits.count, 0)) + digits
            }.joined(separator: " ") + " "
        let written = text.utf8.withContiguousStorageIfAvailable { pwrite(positions, $0.baseAddress, $0.count, 0) }
        guard written == text.utf8.count else { throw QueueError("write", "\(folder)/position") }
    }
}
