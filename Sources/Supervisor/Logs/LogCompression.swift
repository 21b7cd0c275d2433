internal import CLinux
internal import CZlib
internal import Glibc
internal import ProcessControl

/// Writes a gzip file from an open one. Runs on a helper thread: it takes its time.
enum LogCompression {
    private static let chunk = 64 << 10

    /// - Parameter source: is closed at the end.
    /// - Durability: the result is on the disk before this returns, for the plain file is deleted afterwards.
    static func compress(_ source: consuming OwnedDescriptor, to path: String) throws(SystemError) {
        let target = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
        do throws(SystemError) {
            try deflate(source, target, path)
            var times = [timespec(), timespec()]
            var status = clinux_status()
            if clinux_fstat(source.number, &status) == 0 {
                // When it was written to last: readers go by that.
                let time = timespec(
                    tv_sec: Int(status.modified / 1_000_000_000), tv_nsec: Int(status.modified % 1_000_000_000))
                times = [time, time]
                futimens(target.number, times)
                fchmod(target.number, status.mode)
                fchown(target.number, status.owner, gid_t.max)
            }
            guard fsync(target.number) == 0 else { throw .last("write \(path)") }
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func deflate(
        _ source: borrowing OwnedDescriptor, _ target: borrowing OwnedDescriptor, _ path: String
    ) throws(SystemError) {
        var stream = z_stream()
        // 15 bits of window, and 16 for gzip's header.
        let started = deflateInit2_(
            &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { throw SystemError("compress \(path)", code: ENOMEM) }
        defer { deflateEnd(&stream) }
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
        defer {
            input.deallocate()
            output.deallocate()
        }
        var isAtEnd = false
        while !isAtEnd {
            let count = Glibc.read(source.number, input.baseAddress, chunk)
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("read what is to be \(path)")
            }
            isAtEnd = count == 0
            stream.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.avail_in = uInt(count)
            repeat {
                stream.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.avail_out = uInt(chunk)
                _ = CZlib.deflate(&stream, isAtEnd ? Z_FINISH : Z_NO_FLUSH)
                try target.writeAll(UnsafeRawBufferPointer(rebasing: output[..<(chunk - Int(stream.avail_out))]))
            } while stream.avail_out == 0
        }
    }
}
