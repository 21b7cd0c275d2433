internal import ProcessControl
internal import Supervision

/// Asks a ready service again and again how it is. Ends when the process is no longer ready.
final class HealthWatch {
    let check: HealthCheck
    private let loop: EventLoop
    private let command: ProbeRun.Command
    private let result: (String?) -> Void
    private var timer: EventLoop.Timer?
    private var run: ProbeRun?

    /// - Parameter result: called after each check: nil when it passed, otherwise why not.
    init(
        _ check: HealthCheck, loop: EventLoop, command: @escaping ProbeRun.Command, result: @escaping (String?) -> Void
    ) {
        self.check = check
        self.loop = loop
        self.command = command
        self.result = result
        ask()
    }

    deinit { end() }

    func end() {
        if let timer { loop.cancel(timer) }
        timer = nil
        run?.end()
        run = nil
    }

    private func ask() {
        run = ProbeRun(check.probe, timeout: check.timeout, loop: loop, command: command) { [weak self] problem in
            guard let self else { return }
            self.run = nil
            self.timer = self.loop.after(self.check.period) { [weak self] in self?.ask() }
            self.result(problem)
        }
    }
}
