import RegistryStorage
import Synchronization

/// Lets the storage's index do its background work whenever it asks for it, at most every two seconds. Idle, it costs nothing.
final class IndexKeeper: Sendable {
    private let storage: FilesystemStorage
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(storage: FilesystemStorage) {
        self.storage = storage
    }

    /// The bridge to the task, which ends with `stop` or the process.
    func start() {
        task.withLock { task in
            task = Task { [storage] in
                for await _ in storage.index.wakes {
                    var hasMore = true
                    while hasMore {
                        hasMore = await storage.tendIndex()
                        do { try await Task.sleep(for: .seconds(2)) } catch { return }
                    }
                }
            }
        }
    }

    /// Writes what is still in memory.
    func stop() async {
        task.withLock { $0 }?.cancel()
        _ = await storage.tendIndex()
    }
}
