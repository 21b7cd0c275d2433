internal import PluginInterface

/// Tells everybody who listens what happened. On the loop's thread; a listener must not block.
final class EventFeed {
    struct Subscription: Hashable {
        fileprivate let number: Int
    }

    private var listeners: [Int: (SupervisorEvent) -> Void] = [:]
    private var next = 1

    /// Whether building an event is worth the while.
    var hasListeners: Bool { !listeners.isEmpty }

    func subscribe(_ listener: @escaping (SupervisorEvent) -> Void) -> Subscription {
        defer { next += 1 }
        listeners[next] = listener
        return Subscription(number: next)
    }

    func end(_ subscription: Subscription) {
        listeners[subscription.number] = nil
    }

    func publish(_ event: SupervisorEvent) {
        for listener in listeners.values { listener(event) }
    }
}
