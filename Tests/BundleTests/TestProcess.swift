import Foundation
import Glibc
import Synchronization

/// A process that a test started: its own process group, its output in files, no descriptor of ours but those.
final class TestProcess: Sendable {
    let pid: pid_t
    private let ended = Mutex<CInt?>(nil)

    /// - Throws: `BundleTestError.spawn` when the program is not there or cannot be run.
    init(_ arguments: [String], environment: [String: String], output: String, errors: String) throws {
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if errors == output {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        for descriptor in CInt(3)...255 { posix_spawn_file_actions_addclose(&actions, descriptor) }  // EBADF is ignored

        var argv = arguments.map { strdup($0) }
        argv.append(nil)
        var envp = environment.map { strdup("\($0.key)=\($0.value)") }
        envp.append(nil)
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, arguments[0], &actions, &attributes, argv, envp)
        guard code == 0 else { throw BundleTestError.spawn(arguments[0], code) }
        pid = child
    }

    deinit { if status() == nil { kill(-pid, SIGKILL) } }

    /// The exit code, 128 + signal after a signal, nil while it runs.
    func status() -> CInt? {
        ended.withLock { ended in
            if let ended { return ended }
            var raw: CInt = 0
            guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
            ended = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
            return ended
        }
    }

    func signal(_ number: CInt) {
        if status() == nil { kill(pid, number) }
    }

    /// Ends it and all that it started, at once.
    func destroy() async {
        kill(-pid, SIGKILL)
        signal(SIGKILL)
        _ = try? await wait(within: .seconds(5))
    }

    func wait(within limit: Duration) async throws -> CInt {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = status() { return status }
            guard ContinuousClock.now < deadline else { throw BundleTestError.notEnded(pid: pid, after: limit) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
