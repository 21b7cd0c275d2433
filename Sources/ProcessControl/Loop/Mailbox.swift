internal import CLinux
internal import Synchronization

/// Messages from any thread to one loop: a queue and an eventfd that wakes its reader.
/// - Bounded: past `limit` messages that may be lost are dropped and counted, so that a stuck reader never blocks or bloats its senders.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var dropped = 0
    }

    private let state = Mutex(State())
    private let event: OwnedDescriptor
    private let limit: Int

    package init(limit: Int = .max) throws(SystemError) {
        self.limit = limit
        event = OwnedDescriptor(adopting: try checked(clinux_eventfd(), "make an eventfd"))
    }

    /// The descriptor to watch for readability.
    package var descriptor: CInt { event.number }

    /// - Parameter mayBeLost: whether the limit holds for this message.
    /// - Returns: false when the message was dropped.
    @discardableResult
    package func post(_ message: Message, mayBeLost: Bool = true) -> Bool {
        let (kept, first) = state.withLock { state in
            guard state.messages.count < limit || !mayBeLost else {
                state.dropped += 1
                return (false, false)
            }
            state.messages.append(message)
            return (true, state.messages.count == 1)
        }
        if first { _ = clinux_eventfd_raise(event.number) }
        return kept
    }

    /// Everything posted since the last call, in order, and how many messages were dropped meanwhile.
    package func take() -> (messages: [Message], dropped: Int) {
        _ = clinux_eventfd_clear(event.number)
        return state.withLock { state in
            let taken = (state.messages, state.dropped)
            state = State()
            return taken
        }
    }
}
