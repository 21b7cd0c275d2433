import NIOCore

/// The open client connections of one event loop, so that a drain reaches each.
final class ConnectionTable {
    private let counter: ConnectionCounter
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private(set) var isDraining = false

    init(counter: ConnectionCounter) {
        self.counter = counter
    }

    /// Takes the channel in until it closes; false when there are too many. One that was accepted just before a drain
    /// began is taken in as well: nobody else can serve it.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        guard counter.enter(limit: limit) else { return false }
        let id = ObjectIdentifier(channel)
        channels[id] = channel
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            channels[id] = nil
            counter.leave()
        }
        return true
    }

    /// Closes idle connections and has the others close after their requests (GOAWAY on HTTP/2).
    func drain() {
        isDraining = true
        for channel in Array(channels.values) {
            channel.pipeline.syncOperations.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func closeAll() {
        for channel in Array(channels.values) { channel.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionTable: Sendable {}
