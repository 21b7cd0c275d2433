internal import CLinux
internal import Glibc

/// A child that has been started and not yet reaped.
/// - Signals go through the pidfd: they can never reach a stranger that got the same pid.
package final class ChildProcess {
    package let pid: ProcessID
    private let handle: OwnedDescriptor

    init(pid: ProcessID, handle: consuming OwnedDescriptor) {
        self.pid = pid
        self.handle = handle
    }

    /// A child that was started before this program took its supervisor's place. One that has ended and is not reaped
    /// yet counts too; nil when there is none with that number.
    package static func existing(_ pid: ProcessID) -> ChildProcess? {
        let descriptor = clinux_pidfd_open(pid)
        if descriptor >= 0 { return ChildProcess(pid: pid, handle: OwnedDescriptor(adopting: descriptor)) }
        guard descriptor == -ENOSYS, kill(pid, 0) == 0 else { return nil }
        return ChildProcess(pid: pid, handle: OwnedDescriptor(adopting: -1))
    }

    /// Readable once the process has ended; −1 where the kernel has no pidfd.
    package var descriptor: CInt { handle.number }

    /// Sends a signal to the process itself.
    /// - Returns: false when it has ended already.
    @discardableResult
    package func signal(_ number: CInt) -> Bool {
        if handle.number >= 0 { return clinux_pidfd_signal(handle.number, number) == 0 }
        return kill(pid, number) == 0
    }

    /// Sends a signal to everything in the process's group, which it leads. Safe until the process is reaped, and right
    /// after it: a group that still has members keeps its number from being reused.
    @discardableResult
    package func signalGroup(_ number: CInt) -> Bool {
        kill(-pid, number) == 0
    }

    /// Takes the exit status if the process has ended; nil while it runs.
    package func reap() -> ExitStatus? {
        var exit = clinux_exit()
        let result = handle.number >= 0 ? clinux_reap_pidfd(handle.number, &exit) : clinux_reap_pid(pid, &exit)
        return result == 0 && exit.pid != 0 ? ExitStatus(exit) : nil
    }
}
