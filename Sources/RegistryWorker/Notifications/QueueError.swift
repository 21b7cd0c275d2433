import Glibc

/// Why an endpoint's queue could not be read or written.
struct QueueError: Error, Equatable, CustomStringConvertible {
    var operation: String
    var path: String
    var errno: CInt

    /// Takes the calling thread's errno.
    init(_ operation: String, _ path: String) {
        self.operation = operation
        self.path = path
        errno = Glibc.errno
    }

    var problem: String { "cannot \(operation) \(path): \(String(cString: strerror(errno)))" }
    var remedy: String { "look at the disk and at the permissions below storage.filesystem.rootdirectory" }
    var description: String { "\(problem); \(remedy)" }
}
