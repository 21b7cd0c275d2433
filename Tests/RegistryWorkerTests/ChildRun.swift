import Glibc
import Synchronization

/// A program as a child of the tests, with no signal blocked (Foundation's Process hands on the mask of whatever thread it is
/// called on, and strace would not hear of its end).
final class ChildRun: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let pid: pid_t
    private let status = Mutex<CInt?>(nil)

    /// - Parameter output: the file for what it says, replaced.
    init(_ command: [String], output: String) throws(Failure) {
        let program = command[0].hasPrefix("/") ? command[0] : "/usr/bin/\(command[0])"
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, program, &actions, &attributes, &words, environ)
        guard result == 0 else { throw Failure(description: "cannot run \(command[0]): \(result)") }
        pid = child
    }

    deinit { end() }

    /// What waitpid(2) tells of it; nil while it runs.
    var outcome: CInt? {
        status.withLock { status in
            if status != nil { return status }
            var code: CInt = 0
            if waitpid(pid, &code, WNOHANG) == pid { status = code }
            return status
        }
    }

    var isRunning: Bool { outcome == nil }

    /// Ends it at once, as a crash does, and waits for that.
    func end() {
        guard isRunning else { return }
        kill(pid, SIGKILL)
        wait()
    }

    func wait() {
        while isRunning { usleep(1_000) }
    }
}
