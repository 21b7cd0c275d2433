internal import CLinux
internal import Glibc
internal import ProcessControl

/// Waits for new lines of some watchers and gives them out, by time within what comes at once.
/// - Wake-ups: none without news where inotify works; two looks a second elsewhere.
final class LogFollower {
    private let folder: LogFolder
    private let patterns: [String]
    private let filter: LogFilter
    private let trouble: (String) -> Void
    private var tails: [String: LogTail] = [:]
    private var watched: [String: CInt] = [:]
    /// inotify's; without a number where there is none.
    private let notifications: OwnedDescriptor
    /// Whether every folder is watched.
    private var isNotified: Bool

    init(
        _ folder: LogFolder, patterns: [String], seen: LogSnapshot, filter: LogFilter,
        trouble: @escaping (String) -> Void
    ) {
        self.folder = folder
        self.patterns = patterns
        self.filter = filter
        self.trouble = trouble
        let descriptor = inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK))
        notifications = OwnedDescriptor(adopting: descriptor)
        isNotified = descriptor >= 0
        watch(folder.path)
        for log in seen.logs {
            tails[log.path] = LogTail(
                watcher: log.watcher, path: log.path, seen: log.current, filter: filter, trouble: trouble)
        }
        lookForLogs()
    }

    private func watch(_ path: String) {
        guard notifications.number >= 0, watched[path] == nil else { return }
        let watch = inotify_add_watch(notifications.number, path, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO))
        if watch < 0 { isNotified = false } else { watched[path] = watch }
    }

    /// Logs that are new.
    private func lookForLogs() {
        for watcher in folder.watchers
        where patterns.isEmpty || patterns.contains(where: { WatcherGlob($0).matches(watcher) }) {
            watch("\(folder.path)/\(watcher)")
            for log in folder.logs(of: watcher) where tails[log.path] == nil {
                tails[log.path] = LogTail(watcher: watcher, path: log.path, seen: nil, filter: filter, trouble: trouble)
            }
        }
        // A watcher's folder is there before its first line.
        guard isNotified else { return }
        for name in folder.folders where patterns.isEmpty || patterns.contains(where: { WatcherGlob($0).matches(name) })
        {
            watch("\(folder.path)/\(name)")
        }
    }

    /// Waits until something may have been added.
    /// - Parameter output: a descriptor whose reader may go.
    /// - Returns: false when it has gone.
    func wait(_ output: CInt = STDOUT_FILENO, limit: CInt = -1) -> Bool {
        var waiting = [
            pollfd(fd: notifications.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: 0, revents: 0),
        ]
        poll(&waiting, 2, isNotified ? limit : 500)
        if waiting[1].revents & Int16(POLLERR) != 0 { return false }
        if !isNotified || takeNotifications() { lookForLogs() }
        return true
    }

    /// - Returns: whether there may be new logs.
    private func takeNotifications() -> Bool {
        var isNew = false
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(notifications.number, &buffer, buffer.count)
            guard count > 0 else { return isNew }
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    if event.mask & ~UInt32(IN_MODIFY) != 0 { isNew = true }
                    offset += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
    }

    /// Everything that has been added since the last call, by time.
    func news() -> [LogEntry] {
        LogMerge.merge(
            tails.values.sorted { $0.path < $1.path }.map { tail in
                var entries: [LogEntry] = []
                tail.read { entries.append($0) }
                return entries
            })
    }
}
