internal import BundleConfig
internal import Glibc
internal import Synchronization

/// Tells when one of a set of files has changed: written in place, replaced by a rename, or behind a symbolic link that now
/// leads elsewhere, as Kubernetes swaps a whole folder.
///
/// - Watches the files' folders (inotify) on a thread of its own, which lives as long as the process; without inotify nothing is
///   ever told, and SIGHUP is what there is.
/// - Debounced: tells once nothing has happened for `quiet`, or when something happens all the time for `longest`, and only when
///   a file is not what it was.
package final class FileWatch: Sendable {
    private struct State {
        var stamps: [String: FileStamp?] = [:]
        var watched: [String: CInt] = [:]
    }

    /// A change, at most one waiting.
    package let changes: AsyncStream<Void>
    private let told: AsyncStream<Void>.Continuation
    private let quiet: Duration
    private let longest: Duration
    private let descriptor: CInt
    private let state = Mutex(State())

    private static let events = UInt32(
        IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

    package init(quiet: Duration = .milliseconds(300), longest: Duration = .seconds(3)) {
        self.longest = longest
        (changes, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.quiet = quiet
        descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        guard descriptor >= 0 else { return }
        Self.start { [self] in watch() }
    }

    /// Takes the files as they are now for the state that is in force, and watches them and no others.
    package func follow(_ files: [String]) {
        guard descriptor >= 0 else { return }
        let folders = Set(files.flatMap(Self.folders))
        state.withLock { state in
            for (folder, number) in state.watched where !folders.contains(folder) {
                // Two names of one folder share a number.
                if !state.watched.contains(where: { folders.contains($0.key) && $0.value == number }) {
                    inotify_rm_watch(descriptor, number)
                }
                state.watched[folder] = nil
            }
            for folder in folders {
                let number = inotify_add_watch(descriptor, folder, Self.events)
                if number >= 0 { state.watched[folder] = number }
            }
            state.stamps = Self.stamps(files)
        }
    }

    package func stop() { told.finish() }

    /// Runs the body on a thread of its own.
    private static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(run: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        if status == 0 { pthread_detach(thread) } else { box.release() }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private func watch() {
        while true {
            guard wait(.seconds(3_600)) else { continue }
            let end = ContinuousClock.now + longest
            repeat { empty() } while wait(quiet) && ContinuousClock.now < end
            let hasChanged = state.withLock { state in
                let now = Self.stamps(Array(state.stamps.keys))
                defer { state.stamps = now }
                return now != state.stamps
            }
            if hasChanged { told.yield() }
        }
    }

    /// - Returns: false when nothing has happened for so long.
    private func wait(_ time: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, CInt(clamping: Int(time / .milliseconds(1)))) > 0
    }

    private func empty() {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while read(descriptor, &buffer, buffer.count) > 0 {}
    }

    private static func stamps(_ files: [String]) -> [String: FileStamp?] {
        Dictionary(files.map { ($0, FileStamp($0)) }) { first, _ in first }
    }

    /// Where a change of the file shows: its folder, and the folder of what it leads to.
    private static func folders(_ file: String) -> [String] {
        var folders = [FilePath.parent(of: file)]
        if let resolved = realpath(file, nil) {
            folders.append(FilePath.parent(of: String(cString: resolved)))
            free(resolved)
        }
        return folders
    }
}
