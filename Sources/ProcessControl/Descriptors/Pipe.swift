internal import CLinux

/// An unnamed pipe, close-on-exec at both ends. The reading end does not block, the writing end does.
package struct Pipe: ~Copyable {
    package let reading: OwnedDescriptor
    package let writing: OwnedDescriptor

    package init() throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        try checked(clinux_pipe(&ends), "make a pipe")
        reading = OwnedDescriptor(adopting: ends[0])
        writing = OwnedDescriptor(adopting: ends[1])
    }

    /// Both ends, each to its own owner.
    package consuming func ends() -> (reading: CInt, writing: CInt) {
        (reading.release(), writing.release())
    }
}
