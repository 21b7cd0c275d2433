#if DEBUG
    internal import BundleLog
    internal import Glibc

    /// What a confined worker can still open, told by one: only tests build it.
    package enum ConfinementProbe {
        /// Prints `PATH: open`, or `PATH: ` and the error's name, for each, and ends the process.
        package static func run(_ confinement: Confinement, opening paths: [String]) -> Never {
            let notes = confinement.enforce()
            var lines = notes.map { "note: \($0)" }
            for path in paths {
                for (use, flags) in [("read", O_RDONLY), ("write", O_WRONLY | O_CREAT)] {
                    let file = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o600)
                    let reason = file >= 0 ? "open" : errno == EACCES ? "EACCES" : String(cString: strerror(errno))
                    if file >= 0 { close(file) }
                    lines.append("\(use) \(path): \(reason)")
                }
            }
            StandardError.write(Array((lines.joined(separator: "\n") + "\n").utf8))
            exit(EXIT_SUCCESS)
        }
    }
#endif
