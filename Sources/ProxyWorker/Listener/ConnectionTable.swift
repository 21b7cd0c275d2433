import BundleConfig
import NIOCore

/// The open client connections of one event loop, so that a drain reaches each.
final class ConnectionTable {
    private let counter: ConnectionCounter
    private let book: AddressBook
    private var channels: [ObjectIdentifier: any Channel] = [:]
    private(set) var isDraining = false

    init(counter: ConnectionCounter, book: AddressBook) {
        self.counter = counter
        self.book = book
    }

    /// Takes the channel in until it closes. One that was accepted just before a drain began is taken in as well: nobody
    /// else can serve it.
    /// - Returns: why it is not taken in; nil when it is.
    func add(_ channel: any Channel, address: AddressBook.Key?, limits: ProxyLimits) -> ProxyFigures.Refusal? {
        guard counter.enter(limit: limits.connections) else { return .connections }
        if let address, !book.enter(address, limit: limits.connectionsPerAddress) {
            counter.leave()
            return .connectionsPerAddress
        }
        let id = ObjectIdentifier(channel)
        channels[id] = channel
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            channels[id] = nil
            counter.leave()
            if let address { book.leave(address) }
        }
        return nil
    }

    /// Has every client connect anew: at once where it is idle, after its requests otherwise.
    func renew() {
        for channel in Array(channels.values) {
            channel.pipeline.syncOperations.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Closes idle connections and has the others close after their requests (GOAWAY on HTTP/2).
    func drain() {
        isDraining = true
        renew()
    }

    func closeAll() {
        for channel in Array(channels.values) { channel.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionTable: Sendable {}
