import Synchronization

/// The state in force. Swapped in one step.
final class CurrentState: Sendable {
    private let state: Mutex<ProxyState>

    init(_ state: ProxyState) {
        self.state = Mutex(state)
    }

    func load() -> ProxyState {
        state.withLock { $0 }
    }

    func swap(_ new: ProxyState) {
        state.withLock { $0 = new }
    }
}
