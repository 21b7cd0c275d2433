internal import CLinux
internal import Glibc
internal import ProcessControl

/// One file of a log as it was when it was looked at: the current one or an older, compressed or not.
struct StoredFile: Equatable {
    /// The log's path, `…/NAME.log`.
    let log: String
    /// 0 is the log itself, 1 the newest of the older ones.
    let number: Int
    let isCompressed: Bool
    let inode: UInt64
    /// Bytes of it that count: what was added later is somebody else's to read.
    var size: Int
    /// When it was written to last, in nanoseconds since the epoch.
    let modified: Int64

    var path: String { Self.path(log, number, isCompressed) }

    private static func path(_ log: String, _ number: Int, _ isCompressed: Bool) -> String {
        (number == 0 ? log : "\(log).\(number)") + (isCompressed ? ".gz" : "")
    }

    /// nil where there is none.
    init?(log: String, number: Int, isCompressed: Bool) {
        var status = clinux_status()
        guard clinux_stat(Self.path(log, number, isCompressed), &status) == 0, status.is_file else { return nil }
        self.log = log
        self.number = number
        self.isCompressed = isCompressed
        inode = status.inode
        size = Int(status.size)
        modified = status.modified
    }

    /// The files of a log, the oldest first. Of one that is being compressed there may be two: the plain one is whole.
    static func all(of log: String, numbers: Set<Int>) -> [StoredFile] {
        numbers.sorted(by: >).compactMap { number in
            StoredFile(log: log, number: number, isCompressed: false)
                ?? (number > 0 ? StoredFile(log: log, number: number, isCompressed: true) : nil)
        }
    }

    /// Opens it, under the number that it has by now.
    func open() throws(SystemError) -> OwnedDescriptor {
        for number in number...number + 8 {
            guard let file = try? OwnedDescriptor.open(Self.path(log, number, isCompressed), O_RDONLY) else { continue }
            var status = clinux_status()
            if clinux_fstat(file.number, &status) == 0, status.inode == inode { return file }
        }
        // Compressed or dropped meanwhile.
        return try OwnedDescriptor.open(path, O_RDONLY)
    }
}
