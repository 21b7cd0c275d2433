internal import Glibc
internal import ProcessControl
internal import Supervision

/// Where the output of every process goes, on a thread of its own: file, journald, console. Supervision never waits
/// for it: the arbiter posts commands, and loses lines of its own when the relay is stuck.
final class LogRelay: Sendable {
    private let commands: Mailbox<LogCommand>
    private let finished: Mailbox<Bool>

    /// - Parameter folder: where `<watcher>/<watcher>.log` stand.
    /// - Parameter rotation: of the supervisor's own log.
    /// - Parameter console: whether lines are shown on standard output as well.
    init(folder: String, console: Bool = true, rotation: LogRotation = .init()) throws(SystemError) {
        let commands = try Mailbox<LogCommand>(limit: 65536)
        let finished = try Mailbox<Bool>()
        self.commands = commands
        self.finished = finished
        try HelperThread.start("log") {
            do throws(SystemError) {
                let worker = try LogRelayLoop(folder: folder, console: console, rotation: rotation, commands: commands)
                try worker.run()
            } catch {
                // Without epoll there is nothing to relay with; the processes' pipes report it to them.
            }
            finished.post(true)
        }
    }

    func post(_ command: LogCommand) {
        commands.post(command, mayBeLost: command.mayBeLost)
    }

    /// Has reading stop and what was read written out.
    /// - Returns: what is to be gone on with; nil when the log hangs, and reads on once it hangs no more.
    func handOver(within milliseconds: CInt = 2000) -> [LogHandOver]? {
        guard let answer = try? Mailbox<[LogHandOver]>(), commands.post(.handOver(answer), mayBeLost: false) else {
            return nil
        }
        var waiting = pollfd(fd: answer.descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, milliseconds) < 0 && errno == EINTR {}
        if let streams = answer.take().messages.first { return streams }
        post(.resume)
        return nil
    }

    /// Has everything written out, and waits for it at most that long.
    func finish(within milliseconds: CInt = 2000) {
        post(.finish)
        var waiting = pollfd(fd: finished.descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, milliseconds) < 0 && errno == EINTR {}
    }
}
