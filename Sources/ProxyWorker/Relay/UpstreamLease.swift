import NIOCore

/// A request for a connection, which its maker may give up.
final class UpstreamLease {
    private(set) var isCancelled = false

    func cancel() {
        isCancelled = true
    }
}

@available(*, unavailable)
extension UpstreamLease: Sendable {}
