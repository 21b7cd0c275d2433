internal import Glibc
internal import ProcessControl

/// The supervisor's pid in a file, for those who look for it there (`supervisor.pidfile`). It goes with its owner, unless
/// another has written it since; after an upgrade the pid is the same.
final class PidFile {
    private let path: String

    /// - Throws: `Refusal` when the file cannot be written.
    init(_ path: String) throws(Refusal) {
        self.path = path
        let passing = "\(path).new"
        do throws(SystemError) {
            let file = try OwnedDescriptor.open(passing, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            let text = Array("\(getpid())\n".utf8)
            guard write(file.number, text, text.count) == text.count, rename(passing, path) == 0 else {
                throw .last("write \(path)")
            }
        } catch {
            unlink(passing)
            throw Refusal(problems: ["supervisor.pidfile: \(error)"])
        }
    }

    deinit {
        if TextFile.read(path) == "\(getpid())\n" { unlink(path) }
    }
}
