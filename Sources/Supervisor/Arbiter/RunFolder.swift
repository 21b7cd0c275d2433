internal import CLinux
internal import Glibc
internal import ProcessControl

/// The run folder, held by one supervisor at a time.
final class RunFolder {
    let path: String
    private let lock: OwnedDescriptor

    /// Makes the folder (0700) and locks it.
    /// - Throws: `Refusal` that names the supervisor which holds it.
    init(_ path: String) throws(Refusal) {
        self.path = path
        Self.make(path)
        let name = "\(path)/dockmaster.lock"
        let file: OwnedDescriptor
        do throws(SystemError) {
            file = try OwnedDescriptor.open(name, O_RDWR | O_CREAT)
        } catch {
            throw Refusal(problems: ["cannot use the run folder: \(error)"])
        }
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            let holder = TextFile.read(name)?.split(separator: "\n").first.map { " (pid \($0))" } ?? ""
            throw Refusal(problems: [
                "another dockmaster\(holder) runs in \(path); stop it, or choose another run folder (--run)"
            ])
        }
        ftruncate(file.number, 0)
        let text = Array("\(getpid())\n".utf8)
        pwrite(file.number, text, text.count, 0)
        lock = file
    }

    /// Goes on with the lock of this process's earlier program.
    init(_ path: String, resuming lock: consuming OwnedDescriptor) {
        self.path = path
        self.lock = lock
    }

    /// The open lock file: whoever has it holds the folder.
    var descriptor: CInt { lock.number }

    var controlSocket: String { "\(path)/control.sock" }
    var notifySocket: String { "\(path)/notify.sock" }

    /// Lets others through the folder, to what in it is open to them: the notify socket. They cannot list it, and
    /// everything else in it is for its owner alone.
    static func letThrough(_ path: String) {
        var status = clinux_status()
        guard clinux_stat(path, &status) == 0, status.mode & 0o001 == 0 else { return }
        chmod(path, status.mode | 0o011)
    }

    private static func make(_ path: String) {
        let parts = path.split(separator: "/")
        for count in 1...max(1, parts.count) {
            let folder = (path.hasPrefix("/") ? "/" : "") + parts.prefix(count).joined(separator: "/")
            mkdir(folder, count == parts.count ? 0o700 : 0o755)
        }
    }
}
