import Glibc

/// Words for errno, and what a failed call means to the storage.
enum SystemErrors {
    static func text(_ number: CInt) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }

    /// The error of a call that has just failed.
    static func failure(_ operation: String, _ path: String) -> StorageError {
        let number = errno
        switch number {
        case ENOSPC, EDQUOT, EFBIG: return .noSpace(operation: operation)
        default: return .io(operation: operation, path: path, errno: number)
        }
    }

    /// Repeats a call that a signal interrupts.
    static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
