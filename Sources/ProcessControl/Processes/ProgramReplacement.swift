internal import CLinux
internal import Glibc

/// Another program in this process: its number, its children and chosen descriptors stay.
package enum ProgramReplacement {
    /// A file in memory with these contents, to be read from its beginning.
    package static func memoryFile(_ name: String, _ bytes: [UInt8]) throws(SystemError) -> OwnedDescriptor {
        let file = OwnedDescriptor(adopting: try checked(clinux_memory_file(name), "make a file in memory"))
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw .last("write to a file in memory") }
            rest = rest.dropFirst(written)
        }
        lseek(file.number, 0, SEEK_SET)
        return file
    }

    /// Everything a descriptor has from where it stands, nil when it cannot be read.
    package static func readAll(_ descriptor: CInt) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Replaces the program. Returns only when it could not: everything is as it was then.
    /// - Parameter variables: set in the environment of the new program, besides this one's.
    package static func execute(
        _ path: String, _ arguments: [String], variables: [String: String], keeping descriptors: [CInt]
    ) -> SystemError {
        for descriptor in descriptors { _ = clinux_keep_on_exec(descriptor, 1) }
        for (name, value) in variables { setenv(name, value, 1) }
        let strings = CStringArray(arguments)
        let code = withExtendedLifetime(strings) { clinux_execute(path, strings.pointer, environ) }
        for (name, _) in variables { unsetenv(name) }
        for descriptor in descriptors { _ = clinux_keep_on_exec(descriptor, 0) }
        return SystemError("execute \(path)", code: -code)
    }

    /// Takes over a descriptor that came through `execute`: no child is to inherit it.
    package static func takeOver(_ descriptor: CInt) -> OwnedDescriptor? {
        clinux_keep_on_exec(descriptor, 0) == 0 ? OwnedDescriptor(adopting: descriptor) : nil
    }

    /// The same for one that has its owner elsewhere.
    package static func closeOnExec(_ descriptor: CInt) {
        _ = clinux_keep_on_exec(descriptor, 0)
    }
}
