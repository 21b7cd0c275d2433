internal import Glibc
internal import ProcessControl
internal import Supervision

/// Finds out when a process that does not say READY=1 is ready. Ends with the process, or once it has said so.
final class ReadinessWatch {
    private let loop: EventLoop
    private let isReady: () -> Void
    private var timer: EventLoop.Timer?
    private var registration: EventLoop.Registration?
    private var pipe: OwnedDescriptor?
    private var run: ProbeRun?
    /// What the last probe said; shown where a start times out.
    private(set) var lastProblem: String?

    /// - Parameter pipe: the reading end of the pipe that the process has at its notification descriptor.
    init(
        _ readiness: Readiness, loop: EventLoop, pipe: consuming OwnedDescriptor?, command: @escaping ProbeRun.Command,
        isReady: @escaping () -> Void
    ) {
        self.loop = loop
        self.isReady = isReady
        self.pipe = pipe
        switch readiness {
        case .started, .notify: break
        case .descriptor: listen()
        case .after(let delay): timer = loop.after(delay) { [weak self] in self?.isReady() }
        case .probe(let probe, let period): ask(probe, period, command)
        }
    }

    deinit { end() }

    func end() {
        if let timer { loop.cancel(timer) }
        timer = nil
        if let registration { loop.stopWatching(registration) }
        registration = nil
        pipe = nil
        run?.end()
        run = nil
    }

    private func listen() {
        guard let number = pipe?.number else { return }
        registration = try? loop.watch(number, for: .readable) { [weak self] _ in self?.read(number) }
    }

    /// A newline says that it is ready. Source: skarnet's s6, "notification-fd".
    private func read(_ number: CInt) {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(number, &buffer, buffer.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        let hasNewline = count > 0 && buffer[..<count].contains(0x0A)
        if count <= 0 || hasNewline {
            if let registration { loop.stopWatching(registration) }
            registration = nil
            pipe = nil
        }
        if hasNewline { isReady() }
    }

    private func ask(_ probe: Probe, _ period: Duration, _ command: @escaping ProbeRun.Command) {
        run = ProbeRun(probe, timeout: max(period, .seconds(3)), loop: loop, command: command) { [weak self] problem in
            guard let self else { return }
            self.run = nil
            self.lastProblem = problem
            guard problem != nil else { return self.isReady() }
            self.timer = self.loop.after(period) { [weak self] in self?.ask(probe, period, command) }
        }
    }
}
