internal import CLinux
internal import Glibc

/// The one place that reaps: every child that was announced here, and every orphan that came to us as PID 1 or as
/// subreaper. It runs on the loop's thread, as spawning does, so that no exit is taken by the wrong owner.
package final class Reaper {
    private struct Expected {
        let child: ChildProcess
        let registration: EventLoop.Registration?
        let ended: (ExitStatus) -> Void
    }

    private let loop: EventLoop
    private let adoptsOrphans: Bool
    private var expected: [ProcessID: Expected] = [:]
    /// How many processes have been reaped that were not children of ours by birth.
    package private(set) var orphansReaped = 0

    /// - Parameter adoptsOrphans: whether `sweep()` takes every child of this process. A process that has other children,
    ///   such as a test runner, says false and keeps its own.
    package init(loop: EventLoop, adoptsOrphans: Bool) {
        self.loop = loop
        self.adoptsOrphans = adoptsOrphans
    }

    /// Calls `ended` once, when the child has ended and is reaped.
    package func expect(_ child: ChildProcess, _ ended: @escaping (ExitStatus) -> Void) {
        let pid = child.pid
        var registration: EventLoop.Registration?
        if child.descriptor >= 0 {
            // Without epoll's help (ENOMEM, EMFILE) SIGCHLD still brings the sweep here.
            registration = try? loop.watch(child.descriptor, for: .readable) { [weak self] _ in self?.collect(pid) }
        }
        expected[pid] = Expected(child: child, registration: registration, ended: ended)
    }

    /// Whether a process is one of those that were announced.
    package func expects(_ pid: ProcessID) -> Bool { expected[pid] != nil }

    /// Reaps whatever has ended. Called on SIGCHLD.
    package func sweep() {
        guard adoptsOrphans else {
            for pid in Array(expected.keys) { collect(pid) }
            return
        }
        // All that have ended by now, and only then what follows from it: who starts a process again that ends at once
        // would keep us here, and nobody would hear the signals that wait.
        var ended: [(entry: Expected, status: ExitStatus)] = []
        while true {
            var exit = clinux_exit()
            guard clinux_reap_any(&exit) == 0, exit.pid != 0 else { break }
            if let entry = forget(exit.pid) {
                ended.append((entry, ExitStatus(exit)))
            } else {
                orphansReaped += 1
                StrayEnds.note(exit.pid, ExitStatus(exit))
            }
        }
        for (entry, status) in ended { entry.ended(status) }
    }

    private func collect(_ pid: ProcessID) {
        guard let status = expected[pid]?.child.reap(), let entry = forget(pid) else { return }
        entry.ended(status)
    }

    private func forget(_ pid: ProcessID) -> Expected? {
        guard let entry = expected.removeValue(forKey: pid) else { return nil }
        if let registration = entry.registration { loop.stopWatching(registration) }
        return entry
    }
}
