internal import Glibc
internal import ProcessControl

/// Wakes the loop when something in one of a set of folders changes (inotify): no polling.
final class FolderWatch {
    private static let changes = UInt32(
        IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_DELETE_SELF
            | IN_MOVE_SELF | IN_ONLYDIR)

    private let descriptor: OwnedDescriptor
    private let loop: EventLoop
    private var registration: EventLoop.Registration?
    private var watched: [String: CInt] = [:]

    init(loop: EventLoop, _ changed: @escaping () -> Void) throws(SystemError) {
        self.loop = loop
        let number = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        guard number >= 0 else { throw .last("watch folders") }
        descriptor = OwnedDescriptor(adopting: number)
        registration = try loop.watch(number, for: .readable) { _ in
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            while read(number, &buffer, buffer.count) > 0 {}
            changed()
        }
    }

    deinit {
        if let registration { loop.stopWatching(registration) }
    }

    /// Watches these and no others. A folder that has been replaced is watched anew.
    /// - Returns: those that cannot be watched.
    func watch(_ folders: Set<String>) -> [String] {
        for (folder, number) in watched where !folders.contains(folder) {
            // Two names of one folder share a number.
            if !watched.contains(where: { $0.key != folder && folders.contains($0.key) && $0.value == number }) {
                inotify_rm_watch(descriptor.number, number)
            }
            watched[folder] = nil
        }
        var failed: [String] = []
        for folder in folders {
            let number = inotify_add_watch(descriptor.number, folder, Self.changes)
            if number >= 0 { watched[folder] = number } else { failed.append(folder) }
        }
        return failed.sorted()
    }
}
