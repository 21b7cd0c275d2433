internal import Glibc

/// A file descriptor that is closed when its owner goes.
/// - Closing never traps: an error of close(2) leaves nothing to act on.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for calls that only use it.
    package let number: CInt

    /// Takes over a descriptor that nobody else closes.
    package init(adopting number: CInt) {
        self.number = number
    }

    deinit {
        if number >= 0 { Glibc.close(number) }
    }

    /// Hands the number on; the receiver closes it.
    package consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    /// A second descriptor of the same open file, close-on-exec.
    package borrowing func duplicate() throws(SystemError) -> OwnedDescriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .last("duplicate a descriptor") }
        return OwnedDescriptor(adopting: copy)
    }

    /// Opens a file, close-on-exec.
    package static func open(_ path: String, _ flags: CInt, mode: FileMode = 0o600) throws(SystemError)
        -> OwnedDescriptor
    {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw .last("open \(path)") }
        return OwnedDescriptor(adopting: number)
    }

    /// Writes all bytes, waiting where the descriptor blocks.
    package borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = Glibc.write(number, start, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("write")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
