import CLinux
import Glibc
import Synchronization

/// The folder of a queue, which one process has to itself.
///
/// While a registry that has been replaced finishes its transfers, its events and those of its successor go into folders side by
/// side, `<name>`, `<name>.1`, …; who is left takes over what the other leaves behind.
/// - Lock: flock(2) on the file `lock` of the folder, given back by `release`, or by the end of the process.
final class QueueFolder: Sendable {
    /// More queues of one name than registries ever end side by side.
    private static let most = 16

    let path: String
    private let base: String
    private let lock: Atomic<CInt>

    private init(_ path: String, of base: String, lock: CInt) {
        self.path = path
        self.base = base
        self.lock = Atomic(lock)
    }

    deinit { release() }

    /// Takes the first folder that nobody has. Blocks no longer than the page cache takes.
    static func take(_ base: String) throws(QueueError) -> QueueFolder {
        for number in 0..<most {
            if let folder = try take(number, of: base, making: true) { return folder }
        }
        throw QueueError("have a folder to itself beside", base)
    }

    /// Gives the folder back: another may have it.
    func release() {
        let descriptor = lock.exchange(-1, ordering: .relaxed)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Folders beside this one whose processes have ended.
    /// - Returns: those, taken, and whether others are in use still.
    func leftovers() throws(QueueError) -> (taken: [QueueFolder], isOneInUse: Bool) {
        var taken: [QueueFolder] = []
        var isOneInUse = false
        for number in 0..<Self.most {
            let path = Self.path(number, of: base)
            guard path != self.path, access(path, F_OK) == 0 else { continue }
            if let folder = try Self.take(number, of: base, making: false) {
                taken.append(folder)
            } else {
                isOneInUse = true
            }
        }
        return (taken, isOneInUse)
    }

    /// Removes the folder and all that is in it.
    func remove() throws(QueueError) {
        for number in try QueueFile.numbers(in: path) { unlink("\(path)/\(number).events") }
        unlink("\(path)/position")
        // The lock goes last, and is held: who has opened it meanwhile sees that it has no name any more.
        unlink("\(path)/lock")
        rmdir(path)
        release()
    }

    private static func path(_ number: Int, of base: String) -> String {
        number == 0 ? base : "\(base).\(number)"
    }

    /// - Returns: nil where another has it.
    private static func take(_ number: Int, of base: String, making: Bool) throws(QueueError) -> QueueFolder? {
        let path = path(number, of: base)
        if making { try QueueFile.makeFolder(path) }
        let descriptor = try QueueFile.open("\(path)/lock", O_RDWR | O_CREAT)
        var held = clinux_status()
        var named = clinux_status()
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, clinux_fstat(descriptor, &held) == 0,
            clinux_stat("\(path)/lock", &named) == 0, held.inode == named.inode
        else {
            close(descriptor)
            return nil
        }
        return QueueFolder(path, of: base, lock: descriptor)
    }
}
