import BundleLog
import Synchronization

/// The mail hooks in force. Log entries reach them through `BundleLog`'s observer.
final class MailHooks: Sendable {
    private let hooks = Mutex<[MailHook]>([])

    /// Takes up a configuration; a hook that changed sends what it has, and ends.
    func follow(_ settings: [MailSettings]) async {
        let old = hooks.withLock { $0 }
        guard old.map(\.settings) != settings else { return }
        let new = settings.map { MailHook($0) }
        hooks.withLock { $0 = new }
        for hook in new { hook.start() }
        if new.isEmpty {
            BundleLog.observe(nil)
        } else {
            BundleLog.observe { entry in
                for hook in new { hook.take(entry) }
            }
        }
        for hook in old { await hook.stop() }
    }
}
