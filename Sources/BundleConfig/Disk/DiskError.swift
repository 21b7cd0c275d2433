import Glibc

/// A file or folder that cannot be read, made or written.
package struct DiskError: Error, Equatable, Sendable {
    package var problem: String
    package var remedy: String

    /// An error of the operating system, in its words.
    init(_ what: String, path: String, errno code: CInt) {
        problem = "cannot \(what) \(path): \(Self.words(code))"
        switch code {
        case ENOENT: remedy = "Correct the path, or make the file"
        case EACCES, EPERM: remedy = "Give the user that runs dockmaster access to it"
        case ENOSPC, EDQUOT: remedy = "Free space on that disk"
        case EROFS: remedy = "Mount that file system writable"
        case EISDIR: remedy = "Name a file, not a folder"
        case ENOTDIR: remedy = "Move away the file that stands where a folder must be"
        default: remedy = "Look at that path"
        }
    }

    init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }

    /// The same, as an error of a configuration's key.
    func at(_ node: ConfigurationNode) -> ConfigurationError {
        node.refused(problem, remedy: remedy)
    }

    /// The same, as an error of a key that has no line.
    func at(_ key: String) -> ConfigurationError {
        ConfigurationError(key: key, problem: problem, remedy: remedy)
    }

    /// The C library's text; glibc keeps it by thread.
    private static func words(_ code: CInt) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
