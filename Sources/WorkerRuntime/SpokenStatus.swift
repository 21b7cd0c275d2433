internal import Synchronization

/// The last sentence that a worker said of itself.
final class SpokenStatus: Sendable {
    private let last = Mutex<String?>(nil)

    func note(_ text: String) { last.withLock { $0 = text } }

    /// Nil when it has said nothing.
    var text: String? { last.withLock(\.self) }
}
