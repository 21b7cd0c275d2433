import Glibc

/// A folder whose files are served.
///
/// - Confinement: the path is walked with openat(2), one component at a time, and no symbolic link below the folder is
///   followed, so that nothing outside it can be named.
struct DocumentRoot: Sendable, Equatable {
    enum Found: Sendable {
        case file(OpenDocument)
        /// A folder that was asked for without its last slash.
        case folder
        case nothing
        case forbidden
    }

    /// O_PATH of <fcntl.h>, which Glibc's module does not show: the descriptor is good for walking on only.
    private static let pathOnly: CInt = 0o10000000

    var path: String

    /// Opens the file for a decoded path, which begins with a slash and has no dot segments. Blocks.
    /// A path that ends with a slash means the `index.html` in it.
    func open(_ decoded: String) -> Found {
        var folder = Glibc.open(path, Self.pathOnly | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return .nothing }
        defer { close(folder) }
        var components = decoded.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        if decoded.hasSuffix("/") { components.append("index.html") }
        guard let last = components.popLast(), !components.contains(where: Self.isSpecial), !Self.isSpecial(last) else {
            return .nothing
        }
        for component in components {
            let next = openat(folder, component, Self.pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { return Self.failure() }
            close(folder)
            folder = next
        }
        let file = openat(folder, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return Self.failure() }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            close(file)
            return .nothing
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            return .file(
                OpenDocument(
                    descriptor: file, name: last, size: Int(status.st_size), modified: Int(status.st_mtim.tv_sec),
                    inode: UInt64(status.st_ino), nanoseconds: Int(status.st_mtim.tv_nsec)))
        case S_IFDIR:
            close(file)
            return .folder
        default:
            close(file)
            return .forbidden
        }
    }

    private static func isSpecial(_ component: String) -> Bool {
        component == "." || component == ".." || component.utf8.contains(0)
    }

    private static func failure() -> Found {
        switch errno {
        case EACCES, EPERM, ELOOP: .forbidden
        default: .nothing
        }
    }
}
