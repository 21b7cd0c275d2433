internal import Glibc

/// A system call that failed: what was tried, on what, and the kernel's reason.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// What was tried, to be read after "cannot": "bind /run/dockmaster/auth.sock".
    package let operation: String
    /// The errno.
    package let code: CInt

    package init(_ operation: String, code: CInt) {
        self.operation = operation
        self.code = code
    }

    /// An error of the system call that has just returned −1.
    package static func last(_ operation: String) -> SystemError {
        SystemError(operation, code: errno)
    }

    /// The kernel's words for an errno.
    package static func words(_ code: CInt) -> String {
        String(cString: strerror(code))
    }

    package var problem: String { "cannot \(operation): \(Self.words(code))" }

    package var remedy: String {
        switch code {
        case EACCES, EPERM: "check who owns it, its mode, and the user dockmaster runs as"
        case ENOENT: "make it, or correct the path"
        case EMFILE, ENFILE: "raise the limit of open files (ulimit -n, LimitNOFILE=)"
        case ENOSPC, EDQUOT: "free space on that disk"
        case EROFS: "mount it writable, or name another folder"
        case EADDRNOTAVAIL: "name an address of this machine"
        case ENAMETOOLONG: "use a shorter path"
        default: "see errno \(code) in the manual of the call"
        }
    }

    package var description: String { "\(problem); \(remedy)" }
}

/// Throws what a `clinux_…` function reports as −errno, and hands on what it returns otherwise.
@discardableResult
package func checked(_ result: CInt, _ operation: @autoclosure () -> String) throws(SystemError) -> CInt {
    guard result >= 0 else { throw SystemError(operation(), code: -result) }
    return result
}
