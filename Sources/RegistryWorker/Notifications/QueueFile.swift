import Glibc

/// The system calls of a queue. All block, none longer than the page cache takes.
enum QueueFile {
    static func open(_ path: String, _ flags: CInt) throws(QueueError) -> CInt {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw QueueError("open", path) }
        return descriptor
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(QueueError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw QueueError("make the folder", path)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw QueueError("make the folder", path) }
    }

    /// The numbers of the segments in a folder, in order.
    static func numbers(in folder: String) throws(QueueError) -> [Int] {
        guard let stream = opendir(folder) else { throw QueueError("list", folder) }
        defer { closedir(stream) }
        var numbers: [Int] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasSuffix(".events"), let number = Int(name.dropLast(7)) else { continue }
            numbers.append(number)
        }
        return numbers.sorted()
    }

    static func contents(of path: String) throws(QueueError) -> [UInt8] {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw QueueError("read", path) }
        return try read(descriptor, Int(size), at: 0, path)
    }

    /// Up to `count` bytes at an offset; fewer only at the end.
    static func read(_ descriptor: CInt, _ count: Int, at offset: Int, _ path: String) throws(QueueError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let part = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[done...]))
                let got = pread(descriptor, part.baseAddress, count - done, off_t(offset + done))
                if got < 0 && errno == EINTR { continue }
                failed = got < 0
                if got <= 0 { break }
                done += got
            }
        }
        if failed { throw QueueError("read", path) }
        return bytes
    }

    static func write(_ bytes: [UInt8], to descriptor: CInt, _ path: String) throws(QueueError) {
        let isWritten = bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let part = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
        guard isWritten else { throw QueueError("write", path) }
    }
}
