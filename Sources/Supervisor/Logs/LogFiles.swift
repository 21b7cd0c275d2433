internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// The relay's files by path, with what happens to them by the clock and on demand.
/// - Wake-ups: one timer, and only while a file that has something in it is rotated by the clock.
final class LogFiles {
    /// A watcher's files are remembered while a stream of it is read.
    private struct Entry {
        let file: LogFile
        var watchers: [String: Int]
    }

    private let folder: String
    private let trouble: (String) -> Void
    private var entries: [String: Entry] = [:]
    private var compressor: LogCompressor?
    private var timer: WallTimer?
    /// When the timer wakes us; nil: never.
    private var armed: Int?

    init(folder: String, on loop: EventLoop, trouble: @escaping (String) -> Void) throws(SystemError) {
        self.folder = folder
        self.trouble = trouble
        compressor = try LogCompressor(
            on: loop,
            keep: { [weak self] path in
                self?.entries[path].flatMap { $0.file.rotation.compress ? $0.file.rotation.keep : nil }
            }, trouble: trouble)
        timer = try WallTimer(loop: loop) { [weak self] _ in self?.lookAtClock() }
    }

    /// The file of one more stream.
    /// - Parameter path: nil: the watcher's own.
    func open(_ path: String?, for watcher: String, _ rotation: LogRotation) -> LogFile {
        let path = path ?? "\(folder)/\(watcher)/\(watcher).log"
        if let entry = entries[path] {
            entries[path]?.watchers[watcher, default: 0] += 1
            entry.file.configure(rotation)
            return entry.file
        }
        let file = LogFile(path: path, rotation: rotation) { [weak self] in self?.take($0, of: path) }
        entries[path] = Entry(file: file, watchers: [watcher: 1])
        return file
    }

    /// A stream is read no longer.
    func close(_ file: LogFile, for watcher: String) {
        guard let count = entries[file.path]?.watchers[watcher] else { return }
        entries[file.path]?.watchers[watcher] = count > 1 ? count - 1 : nil
        if entries[file.path]?.watchers.isEmpty == true { entries[file.path] = nil }
    }

    // MARK: On demand

    func rotate(_ watchers: [String]) {
        for entry in entries.values where watchers.isEmpty || watchers.contains(where: { entry.watchers[$0] != nil }) {
            entry.file.rotateNow()
        }
    }

    func reopen() {
        for entry in entries.values { entry.file.reopen() }
    }

    func configure(_ watcher: String, _ rotation: LogRotation) {
        for entry in entries.values where entry.watchers[watcher] != nil { entry.file.configure(rotation) }
    }

    // MARK: By the clock

    private func take(_ report: LogFile.Report, of path: String) {
        switch report {
        case .trouble(let problem): trouble(problem)
        case .rotated: compressor?.look(at: path)
        case .due(let second): arm(second)
        }
    }

    private func arm(_ second: Int) {
        if let armed, armed <= second { return }
        if timer?.arm(at: Int64(second)) == true { armed = second }
    }

    /// Its time has come, or the clock was set: the files say when they are due next.
    private func lookAtClock() {
        armed = nil
        for entry in entries.values { entry.file.look() }
    }
}
