internal import CZlib
internal import Glibc
internal import ProcessControl

/// The bytes of a stored file from its start, decompressed where it must be.
final class StoredBytes {
    private let file: OwnedDescriptor
    private var zip: gzFile?
    /// Bytes of a plain file that are left; what was added since is not read.
    private var rest: Int
    private let path: String
    /// What kept it from being read to its end.
    private(set) var problem: String?

    init(_ stored: StoredFile) throws(SystemError) {
        path = stored.path
        rest = stored.isCompressed ? .max : stored.size
        file = try stored.open()
        guard stored.isCompressed else { return }
        let copy = try file.duplicate().release()
        zip = gzdopen(copy, "rb")
        if zip == nil {
            close(copy)
            throw SystemError("read \(path)", code: ENOMEM)
        }
    }

    deinit {
        if let zip { gzclose(zip) }
    }

    /// - Returns: how many bytes were put there, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let wanted = min(rest, buffer.count)
        guard wanted > 0 else { return 0 }
        if let zip {
            let count = Int(gzread(zip, buffer.baseAddress, UInt32(wanted)))
            var code: CInt = 0
            if gzerror(zip, &code) != nil, code < 0 { problem = "\(path) is damaged: not all of it can be read" }
            return max(0, count)
        }
        while true {
            let count = Glibc.read(file.number, buffer.baseAddress, wanted)
            if count >= 0 {
                rest -= count
                return count
            }
            guard errno == EINTR else {
                problem = SystemError.last("read \(path)").description
                return 0
            }
        }
    }
}
