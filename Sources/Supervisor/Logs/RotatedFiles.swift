internal import CLinux
internal import Glibc
internal import ProcessControl

/// The older files beside a log: `NAME.log.1` is the newest; compressed, it is `NAME.log.1.gz`.
struct RotatedFiles {
    let path: String
    let keep: Int

    func plain(_ number: Int) -> String { "\(path).\(number)" }
    func compressed(_ number: Int) -> String { "\(path).\(number).gz" }
    /// Where a compressed file grows until it is whole.
    func unfinished(_ number: Int) -> String { "\(path).\(number).gz.new" }

    /// Makes the log itself number 1 (or drops it where none is kept) and counts the others up.
    /// - Returns: false when nothing could be moved. A log that somebody else has moved already is as good as moved.
    func take() -> Bool {
        guard keep > 0 else { return unlink(path) == 0 || errno == ENOENT }
        unlink(plain(keep))
        unlink(compressed(keep))
        for number in stride(from: keep - 1, through: 1, by: -1) {
            rename(plain(number), plain(number + 1))
            rename(compressed(number), compressed(number + 1))
        }
        return rename(path, plain(1)) == 0 || errno == ENOENT
    }

    /// Drops what stands past `keep`.
    func trim(from old: Int) {
        for number in stride(from: keep + 1, through: old, by: 1) {
            unlink(plain(number))
            unlink(compressed(number))
        }
    }

    /// The oldest file that is not compressed yet.
    var oldestPlain: Int? {
        stride(from: keep, through: 1, by: -1).first { access(plain($0), F_OK) == 0 }
    }

    /// Puts a compressed file in the place of the plain one, which may have been counted up, or dropped, meanwhile.
    /// - Parameter inode: the plain file's.
    /// - Returns: false when it cannot be put there.
    func adopt(_ finished: String, inode: UInt64) -> Bool {
        for number in stride(from: 1, through: keep, by: 1) {
            var status = clinux_status()
            guard clinux_lstat(plain(number), &status) == 0, status.inode == inode else { continue }
            // From here on both are whole: a reader that sees both takes the plain one.
            if rename(finished, compressed(number)) == 0 { return unlink(plain(number)) == 0 }
            unlink(finished)
            return false
        }
        unlink(finished)
        return true
    }
}
