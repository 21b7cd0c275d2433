internal import Glibc
internal import ProcessControl

/// The relay's own side: lives on its thread, reads pipes, writes lines.
final class LogRelayLoop {
    private final class Slot {
        let watcher: WatcherLog
        let pipe: OwnedDescriptor
        var registration: EventLoop.Registration?
        var splitter = LineSplitter()
        var lastWords = LastWords()
        var instance = 0

        init(watcher: WatcherLog, pipe: consuming OwnedDescriptor) {
            self.watcher = watcher
            self.pipe = pipe
        }
    }

    private struct WatcherLog {
        let name: String
        let file: LogFile?
    }

    private static let own = "dockmaster"

    private let loop: EventLoop
    private let commands: Mailbox<LogCommand>
    private let folder: String
    private let limits: LogFile.Limits
    private let console: Console?
    private let journal: JournalWriter?
    private var watchers: [String: WatcherLog] = [:]
    private var slots: [Int: Slot] = [:]
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private var isTelling = false

    init(
        folder: String, console: Bool, limits: LogFile.Limits, commands: Mailbox<LogCommand>
    ) throws(SystemError) {
        loop = try EventLoop()
        self.commands = commands
        self.folder = folder
        self.limits = limits
        self.console = console ? Console() : nil
        journal = JournalWriter()
    }

    func run() throws(SystemError) {
        _ = try loop.watch(commands.descriptor, for: .readable) { [weak self] _ in self?.obey() }
        try loop.run()
    }

    private func obey() {
        let (messages, dropped) = commands.take()
        for message in messages { obey(message) }
        if dropped > 0 { tell("\(dropped) lines of the supervisor are lost: its log was too slow") }
    }

    private func obey(_ command: LogCommand) {
        switch command {
        case .open(let number, let watcher, let descriptor):
            open(number, watcher, OwnedDescriptor(adopting: descriptor))
        case .spawned(let number, let instance):
            slots[number]?.instance = instance
            slots[number]?.lastWords.forget()
        case .close(let number):
            if let slot = slots[number] { drain(number, slot) }
        case .record(let line): own(line)
        case .death(let number, let notice): tellDeath(number, notice)
        case .banner(let text): console?.put(Array(text.utf8))
        case .finish:
            for (number, slot) in slots { drain(number, slot) }
            for slot in slots.values { flush(slot) }
            journal?.flush()
            loop.stop()
        }
    }

    // MARK: Reading

    private func open(_ number: Int, _ name: String, _ pipe: consuming OwnedDescriptor) {
        let slot = Slot(watcher: log(of: name), pipe: pipe)
        slots[number] = slot
        console?.widen(to: name)
        do throws(SystemError) {
            slot.registration = try loop.watch(slot.pipe.number, for: .readable) { [weak self] _ in
                guard let self, let slot = self.slots[number] else { return }
                // One buffer a turn: a talkative process does not starve the others.
                if !self.read(slot) { self.end(number, slot) }
            }
        } catch {
            tell("cannot read the output of \(name): \(error)")
        }
    }

    /// Reads one buffer.
    /// - Returns: false at the end of the stream.
    private func read(_ slot: Slot, _ more: UnsafeMutablePointer<Bool>? = nil) -> Bool {
        let count = Glibc.read(slot.pipe.number, &buffer, buffer.count)
        more?.pointee = count > 0
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        guard count > 0 else { return false }
        let chunk = buffer[..<count]
        slot.watcher.file?.append(chunk)
        slot.lastWords.note(chunk)
        if console != nil || journal != nil {
            slot.splitter.feed(chunk) { show($0, slot.watcher.name, slot.instance) }
        }
        return true
    }

    /// Reads everything that has been written so far.
    private func drain(_ number: Int, _ slot: Slot) {
        var more = true
        while more {
            if !read(slot, &more) {
                end(number, slot)
                return
            }
        }
    }

    private func end(_ number: Int, _ slot: Slot) {
        flush(slot)
        if let registration = slot.registration { loop.stopWatching(registration) }
        slots[number] = nil
    }

    /// A line that its writer will not finish is ended, so that the next process begins on a line of its own.
    private func flush(_ slot: Slot) {
        slot.splitter.flush { show($0, slot.watcher.name, slot.instance) }
        if slot.watcher.file?.isAtLineStart == false { slot.watcher.file?.append([0x0A]) }
    }

    // MARK: Writing

    private func log(of name: String) -> WatcherLog {
        if let known = watchers[name] { return known }
        let own = "\(folder)/\(name)"
        mkdir(folder, 0o750)
        mkdir(own, 0o750)
        let file = LogFile(path: "\(own)/\(name).log", limits: limits) { [weak self] in self?.tell($0) }
        let log = WatcherLog(name: name, file: file)
        watchers[name] = log
        return log
    }

    private func show(_ bytes: ArraySlice<UInt8>, _ watcher: String, _ instance: Int) {
        let line = LogLine(bytes)
        console?.show(line, watcher: watcher)
        journal?.write(JournalEntry(line, watcher: watcher, instance: instance))
    }

    private func own(_ line: [UInt8]) {
        log(of: Self.own).file?.append(line[...])
        show(line.dropLast(), Self.own, 1)
    }

    /// A trouble of the log itself: told everywhere it can be.
    private func tell(_ problem: String) {
        guard !isTelling else { return }
        isTelling = true
        own(SupervisorLog.line("warning", problem, []))
        isTelling = false
    }

    private func tellDeath(_ number: Int, _ notice: DeathNotice) {
        var words: String?
        if let slot = slots[number] {
            drain(number, slot)
            flush(slot)
            words = slot.lastWords.quote()
            slot.lastWords.forget()
        }
        let quoted = words.map { " Last words: \"\($0)\"." } ?? ""
        own(SupervisorLog.line(notice.level, "\(notice.sentence)\(quoted) \(notice.hint)", notice.fields))
    }
}
