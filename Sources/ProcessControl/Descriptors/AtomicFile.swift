internal import Glibc

/// Writing a file so that a reader sees the old contents or the new, never a part.
package enum AtomicFile {
    /// Puts `contents` under `path`: a new file beside it, synced, then renamed over it.
    /// - Durable: file and folder are synced before this returns.
    package static func write(_ contents: String, to path: String, mode: FileMode = 0o600) throws(SystemError) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        do throws(SystemError) {
            let file = try OwnedDescriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            var text = contents
            let result: Result<Void, SystemError> = text.withUTF8 { bytes in
                do throws(SystemError) {
                    return .success(try file.writeAll(UnsafeRawBufferPointer(bytes)))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
            guard fsync(file.number) == 0 else { throw .last("sync \(temporary)") }
            guard rename(temporary, path) == 0 else { throw .last("rename \(temporary) to \(path)") }
            let directory = try OwnedDescriptor.open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY)
            fsync(directory.number)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// The contents of a small text file (at most 16 MiB), nil where there is none.
    package static func read(_ path: String) -> String? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY) else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count < 16 << 20 {
            let count = Glibc.read(file.number, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
