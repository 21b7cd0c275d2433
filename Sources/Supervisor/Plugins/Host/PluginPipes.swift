internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// The two pipes of one plugin process and the session that speaks over them. Nothing here blocks: what the plugin does
/// not read stays in the session, and what it writes is read a piece at a time.
final class PluginPipes {
    /// Read at most, before everybody else gets a turn.
    private static let piece = 64 << 10
    /// Read within a second at most: a plugin that only writes must not keep the loop busy.
    private static let bytesPerSecond = 4 << 20
    /// How long after its end of descriptor 4 a process may take to end.
    private static let afterEnd: Duration = .seconds(1)

    private(set) var session: PluginSession
    /// Carries out what the session decides; its timers are kept here.
    var perform: (PluginSession.Action) -> Void = { _ in }

    private let loop: EventLoop
    /// Ours of descriptor 3 and of descriptor 4.
    private var writing: OwnedDescriptor?
    private var reading: OwnedDescriptor?
    private var theirs: (reading: CInt, writing: CInt)?
    private var readable: EventLoop.Registration?
    private var writable: EventLoop.Registration?
    private var timer: EventLoop.Timer?
    private var pause: EventLoop.Timer?
    private var budget = (bytes: 0, since: MonotonicTime.now)
    private var buffer = [UInt8](repeating: 0, count: PluginPipes.piece)
    private var isDismissed = false

    init(_ session: PluginSession, loop: EventLoop) throws(SystemError) {
        self.session = session
        self.loop = loop
        let input = try Pipe().ends()
        writing = OwnedDescriptor(adopting: input.writing)
        let output: (reading: CInt, writing: CInt)
        do throws(SystemError) {
            output = try Pipe().ends()
        } catch {
            Glibc.close(input.reading)
            throw error
        }
        reading = OwnedDescriptor(adopting: output.reading)
        theirs = (input.reading, output.writing)
        // Our end never blocks; the plugin's does, as a program expects of its input.
        _ = fcntl(input.writing, F_SETFL, fcntl(input.writing, F_GETFL) | O_NONBLOCK)
        _ = fcntl(input.reading, F_SETFL, fcntl(input.reading, F_GETFL) & ~O_NONBLOCK)
    }

    deinit { close() }

    /// Starts the plugin's process with its ends as descriptors 3 and 4.
    func spawn(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        guard let theirs else { throw SpawnError(step: .descriptors, code: EBADF, subject: request.executable) }
        var request = request
        request.placed = [.init(descriptor: theirs.reading, at: 3), .init(descriptor: theirs.writing, at: 4)]
        defer { closeTheirs() }
        return try Spawner.spawn(request)
    }

    func begin() {
        handle(.launched)
    }

    func handle(_ event: PluginSession.Event) {
        if event == .dismissed { isDismissed = true }
        act(session.handle(event, at: MonotonicTime.now.sinceBoot))
        flush()
        attendInput()
    }

    private func act(_ actions: [PluginSession.Action]) {
        for action in actions {
            guard case .arm(let generation, let delay) = action else {
                perform(action)
                continue
            }
            if let timer { loop.cancel(timer) }
            timer = loop.after(delay) { [weak self] in self?.handle(.timer(generation: generation)) }
        }
    }

    // MARK: Writing

    private func flush() {
        while let descriptor = writing?.number, !session.outgoing.isEmpty {
            let count = session.outgoing.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                act(session.handle(.wrote(count), at: MonotonicTime.now.sinceBoot))
            } else if errno == EAGAIN {
                if writable == nil {
                    writable = try? loop.watch(descriptor, for: .writable) { [weak self] _ in self?.handle(.wrote(0)) }
                }
                return
            } else if errno != EINTR {
                // It has closed descriptor 3. What it owes for earlier events has its deadline still.
                act(session.handle(.wrote(session.outgoing.count), at: MonotonicTime.now.sinceBoot))
            }
        }
        if let registration = writable { loop.stopWatching(registration) }
        writable = nil
        // The end of its input says the same as `bye`, to a plugin that does not read so closely.
        if isDismissed, session.outgoing.isEmpty { writing = nil }
    }

    // MARK: Reading

    private func attendInput() {
        guard let descriptor = reading?.number, pause == nil else { return }
        if !session.wantsInput, let registration = readable {
            loop.stopWatching(registration)
            readable = nil
        } else if session.wantsInput, readable == nil {
            readable = try? loop.watch(descriptor, for: .readable) { [weak self] _ in self?.read() }
        }
    }

    private func read() {
        guard let descriptor = reading?.number else { return }
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 {
            spend(count)
            handle(.received(Array(buffer[..<count])))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            stopReading()
            // The end of a process shows here first, usually: its exit status says more.
            loop.after(Self.afterEnd) { [weak self] in self?.handle(.hungUp) }
        }
    }

    private func stopReading() {
        if let registration = readable { loop.stopWatching(registration) }
        readable = nil
        reading = nil
    }

    private func spend(_ bytes: Int) {
        if MonotonicTime.now.since(budget.since) > .seconds(1) { budget = (0, .now) }
        budget.bytes += bytes
        guard budget.bytes > Self.bytesPerSecond, let registration = readable else { return }
        loop.stopWatching(registration)
        readable = nil
        pause = loop.after(.seconds(1)) { [weak self] in
            self?.pause = nil
            self?.attendInput()
        }
    }

    // MARK: Ending

    /// Closes everything: a process that still holds the other ends speaks to nobody.
    func close() {
        for registration in [readable, writable] { if let registration { loop.stopWatching(registration) } }
        for timer in [timer, pause] { if let timer { loop.cancel(timer) } }
        (readable, writable, timer, pause) = (nil, nil, nil, nil)
        reading = nil
        writing = nil
        closeTheirs()
        perform = { _ in }
    }

    private func closeTheirs() {
        guard let ends = theirs else { return }
        theirs = nil
        Glibc.close(ends.reading)
        Glibc.close(ends.writing)
    }
}
