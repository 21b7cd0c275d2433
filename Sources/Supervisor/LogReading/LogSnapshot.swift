internal import CLinux
internal import Glibc
internal import ProcessControl

/// The logs of some watchers as they are at one moment. What is written later is the follower's.
struct LogSnapshot {
    struct Log {
        let watcher: String
        let path: String
        /// The oldest first.
        let files: [StoredFile]

        /// The log itself, where it exists.
        var current: StoredFile? { files.last.flatMap { $0.number == 0 ? $0 : nil } }
    }

    let logs: [Log]
    private let trouble: (String) -> Void

    /// - Parameter wholeLines: whether a line that has no end yet is left to be read later.
    init(
        _ folder: LogFolder, watchers: [String], wholeLines: Bool = false, trouble: @escaping (String) -> Void
    ) {
        self.trouble = trouble
        logs = watchers.flatMap { watcher in
            folder.logs(of: watcher).map { log in
                var files = StoredFile.all(of: log.path, numbers: log.numbers)
                if wholeLines, let last = files.indices.last, files[last].number == 0 {
                    files[last].size = Self.wholeLines(files[last])
                }
                return Log(watcher: watcher, path: log.path, files: files)
            }
        }
    }

    private static func wholeLines(_ file: StoredFile) -> Int {
        guard file.size > 0, let open = try? file.open() else { return 0 }
        var tail = [UInt8](repeating: 0, count: min(file.size, 64 << 10))
        let count = pread(open.number, &tail, tail.count, off_t(file.size - tail.count))
        guard count == tail.count, let newline = tail.lastIndex(of: 0x0A) else { return file.size }
        return file.size - tail.count + newline + 1
    }

    /// Everything that is asked for, by time.
    func all(_ filter: LogFilter) -> LogMerge {
        LogMerge(
            logs.map { log in
                let reader = ForwardReader(watcher: log.watcher, files: log.files, filter: filter, trouble: trouble)
                return { reader.next() }
            })
    }

    /// The newest `count` of what is asked for, the oldest first. Files are read from their end, and no further back
    /// than needed.
    func newest(_ count: Int, _ filter: LogFilter) -> [LogEntry] {
        guard count > 0 else { return [] }
        var newest: [LogEntry] = []
        for log in logs {
            // What is older than this has no place any more.
            let notBefore = newest.count == count ? newest[0].time : Int64.min
            newest = LogMerge.merge([newest, tail(of: log, count, filter, notBefore)]).suffix(count)
        }
        return newest
    }

    private func tail(of log: Log, _ count: Int, _ filter: LogFilter, _ notBefore: Int64) -> [LogEntry] {
        var entries: [LogEntry] = []
        for file in log.files.reversed() {
            guard entries.count < count, file.modified >= max(notBefore, filter.since ?? .min) else { break }
            if file.isCompressed {
                let reader = ForwardReader(watcher: log.watcher, files: [file], filter: filter, trouble: trouble)
                var last: [LogEntry] = []
                while let entry = reader.next() {
                    last.append(entry)
                    if last.count >= 2 * count { last.removeFirst(last.count - count) }
                }
                entries = last.suffix(count - entries.count) + entries
            } else {
                var reader = BackwardReader(
                    watcher: log.watcher, filter: filter, count: count - entries.count, notBefore: notBefore)
                do throws(SystemError) {
                    let (found, isDone) = try reader.read(file)
                    entries = found + entries
                    if isDone { break }
                } catch {
                    trouble(error.problem)
                }
            }
        }
        return entries
    }

    /// When the oldest line was written, nil without any.
    var reachesBack: Int64? {
        logs.compactMap { log in
            ForwardReader(watcher: log.watcher, files: log.files, filter: LogFilter(), trouble: { _ in }).next()?.time
        }.min()
    }
}
