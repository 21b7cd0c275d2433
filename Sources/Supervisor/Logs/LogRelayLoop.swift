internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// The relay's own side: lives on its thread, reads pipes, writes lines.
final class LogRelayLoop {
    private static let own = "dockmaster"
    /// What one read takes at most, and what the pipe of a talkative process is made to hold.
    private static let chunk = 1 << 20

    /// When a pipe that could not be watched is tried again.
    private static let retry: Duration = .seconds(1)

    private let loop: EventLoop
    private let commands: Mailbox<LogCommand>
    private let folder: String
    private let rotation: LogRotation
    private let console: Console?
    private let journal: JournalWriter?
    private var files: LogFiles?
    private var ownFile: LogFile?
    private var slots: [Int: LogSlot] = [:]
    /// For all streams, one after the other. Its pages come with the first large read.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 4096)
    private var isTelling = false
    /// Another program is about to read on: nothing may be read any more.
    private var hasHandedOver = false

    init(
        folder: String, console: Bool, rotation: LogRotation, commands: Mailbox<LogCommand>
    ) throws(SystemError) {
        loop = try EventLoop()
        self.commands = commands
        self.folder = folder
        self.rotation = rotation
        self.console = console ? Console() : nil
        journal = JournalWriter()
        files = try LogFiles(folder: folder, on: loop) { [weak self] in self?.tell($0) }
    }

    deinit {
        buffer.deallocate()
    }

    func run() throws(SystemError) {
        makeFolder(of: Self.own)
        ownFile = files?.open(nil, for: Self.own, rotation)
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
        case .open(let number, let watcher, let stream, let file, let rotation, let descriptor):
            open(number, watcher, stream, file, rotation, OwnedDescriptor(adopting: descriptor))
        case .adopt(let number, let watcher, let stream, let file, let rotation, let descriptor, let rest):
            let pipe = OwnedDescriptor(adopting: descriptor)
            open(number, watcher, stream, file, rotation, pipe)?.lines = LineBuffer(rest: rest)
        case .spawned(let number, let instance):
            guard let slot = slots[number] else { return }
            drain(number, slot)
            slot.instance = instance
            slot.lastWords.forget()
        case .close(let number):
            if let slot = slots[number] { drain(number, slot) }
        case .record(let line): own(line)
        case .death(let number, let notice): tellDeath(number, notice)
        case .banner(let text): console?.put(Array(text.utf8))
        case .rotate(let watchers):
            for (number, slot) in slots where watchers.isEmpty || watchers.contains(slot.watcher) {
                drain(number, slot)
            }
            files?.rotate(watchers)
        case .reopen: files?.reopen()
        case .configure(let watcher, let rotation): files?.configure(watcher, rotation)
        case .handOver(let answer): handOver(answer)
        case .resume:
            hasHandedOver = false
            for (number, slot) in slots { for input in slot.inputs { listen(to: input, number, slot) } }
        case .finish: finish()
        }
    }

    private func finish() {
        for (number, slot) in slots { drain(number, slot) }
        for slot in slots.values { flush(slot) }
        journal?.flush()
        loop.stop()
    }

    // MARK: Handing over

    /// Bytes that have not been read stay in the pipes, for whoever reads them next.
    private func handOver(_ answer: Mailbox<[LogHandOver]>) {
        hasHandedOver = true
        var streams: [LogHandOver] = []
        for (number, slot) in slots {
            for input in slot.inputs {
                if let registration = input.registration { loop.stopWatching(registration) }
                input.registration = nil
                let isOwn = input.file.path == "\(folder)/\(slot.watcher)/\(slot.watcher).log"
                streams.append(
                    LogHandOver(
                        slot: number, watcher: slot.watcher, instance: slot.instance, stream: input.stream,
                        file: isOwn ? nil : input.file.path, descriptor: input.pipe.number, rest: input.lines.rest))
            }
        }
        journal?.flush()
        answer.post(streams)
    }

    // MARK: Reading

    @discardableResult
    private func open(
        _ number: Int, _ watcher: String, _ stream: LogStream, _ path: String?, _ rotation: LogRotation,
        _ pipe: consuming OwnedDescriptor
    ) -> LogSlot.Input? {
        guard let files else { return nil }
        makeFolder(of: watcher)
        if let path { leaveLink(to: path, watcher, stream) }
        let slot = slots[number] ?? LogSlot(watcher: watcher)
        let input = LogSlot.Input(stream: stream, pipe: pipe, file: files.open(path, for: watcher, rotation))
        slot.inputs.append(input)
        slots[number] = slot
        console?.widen(to: watcher)
        listen(to: input, number, slot)
        return input
    }

    private func listen(to input: LogSlot.Input, _ number: Int, _ slot: LogSlot) {
        guard input.registration == nil, !hasHandedOver else { return }
        do throws(SystemError) {
            input.registration = try loop.watch(input.pipe.number, for: .readable) {
                [weak self, weak slot, weak input] _ in
                guard let self, let slot, let input else { return }
                // One buffer a turn: a talkative process does not starve the others.
                guard let count = self.read(input, of: slot) else { return self.end(number, slot, input) }
                self.pace(input, after: count)
            }
        } catch {
            if !input.isToldUnread { tell("cannot read the output of \(slot.watcher) yet: \(error)") }
            input.isToldUnread = true
            // Its writer would stand still once the pipe is full.
            loop.after(Self.retry) { [weak self, weak slot, weak input] in
                guard let self, let slot, let input, slot.inputs.contains(where: { $0 === input }) else { return }
                self.listen(to: input, number, slot)
            }
        }
    }

    /// Reads one buffer.
    /// - Returns: how much was there; nil at the end of the stream.
    private func read(_ input: LogSlot.Input, of slot: LogSlot) -> Int? {
        let count = Glibc.read(input.pipe.number, buffer.baseAddress, buffer.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? 0 : nil }
        guard count > 0 else { return nil }
        let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        slot.lastWords.note(chunk)
        input.lines.feed(chunk) { write($0, input, slot) }
        return count
    }

    private func pace(_ input: LogSlot.Input, after count: Int) {
        switch input.pace.step(after: count, at: .now) {
        case .goOn: break
        case .grow: input.pace.grown(to: Int(clinux_pipe_grow(input.pipe.number, CInt(Self.chunk))))
        case .pause(let moment):
            guard let registration = input.registration, (try? loop.change(registration, to: [])) != nil else { return }
            loop.after(moment) { [weak self, weak input] in
                // Not if it has ended or been handed over meanwhile.
                guard let self, let input, input.registration == registration else { return }
                try? self.loop.change(registration, to: .readable)
            }
        }
    }

    /// Reads what has been written so far, which is at most what a pipe holds: who never stops writing does not keep us.
    private func drain(_ number: Int, _ slot: LogSlot) {
        for input in slot.inputs {
            var budget = 2 * Self.chunk
            while budget > 0 {
                guard let count = read(input, of: slot) else {
                    end(number, slot, input)
                    break
                }
                if count == 0 { break }
                budget -= count
            }
        }
    }

    private func end(_ number: Int, _ slot: LogSlot, _ input: LogSlot.Input) {
        input.lines.flush { write($0, input, slot) }
        if let registration = input.registration { loop.stopWatching(registration) }
        input.registration = nil
        files?.close(input.file, for: slot.watcher)
        slot.inputs.removeAll { $0 === input }
        if slot.inputs.isEmpty { slots[number] = nil }
    }

    /// A line that its writer will not finish is ended, so that the next process begins on a line of its own.
    private func flush(_ slot: LogSlot) {
        for input in slot.inputs { input.lines.flush { write($0, input, slot) } }
    }

    // MARK: Writing

    private func write(_ block: UnsafeRawBufferPointer, _ input: LogSlot.Input, _ slot: LogSlot) {
        input.file.append(block)
        show(block, slot.watcher, slot.instance)
    }

    private func makeFolder(of watcher: String) {
        mkdir(folder, 0o750)
        mkdir("\(folder)/\(watcher)", 0o750)
    }

    /// A link in the folder of the logs tells where a log elsewhere is, for `dockmaster logs`.
    private func leaveLink(to path: String, _ watcher: String, _ stream: LogStream) {
        let link = "\(folder)/\(watcher)/\(stream == .error ? "stderr" : "stdout").log"
        guard !path.hasPrefix("/dev/"), path != link, SymbolicLink.target(link) != path else { return }
        if SymbolicLink.target(link) != nil { unlink(link) }
        symlink(path, link)
    }

    private func show(_ block: UnsafeRawBufferPointer, _ watcher: String, _ instance: Int) {
        journal?.write(block, watcher: watcher, instance: instance)
        guard let console else { return }
        // Lines that nobody reads are not worth being understood.
        guard console.isReady else { return console.drop(LineBuffer.count(block)) }
        console.show(block, watcher: watcher)
    }

    private func own(_ line: [UInt8]) {
        line.withUnsafeBytes {
            ownFile?.append($0)
            show($0, Self.own, 1)
        }
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
