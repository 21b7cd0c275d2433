internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Ends what waits for a socket when its time is up: libldap's TLS handshake knows no time-out of its own.
final class SocketDeadline: Sendable {
    private let descriptor: CInt
    private let isOver = Mutex(false)

    /// Shuts the socket down at the deadline, unless it is cancelled before.
    init(_ descriptor: CInt, _ deadline: ContinuousClock.Instant) {
        self.descriptor = descriptor
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: TimeAmount(left)) { [weak self] in self?.end() }
    }

    /// Returns only when nothing will touch the socket any more: its number may be used again.
    func cancel() {
        isOver.withLock { $0 = true }
    }

    private func end() {
        isOver.withLock { isOver in
            guard !isOver else { return }
            isOver = true
            shutdown(descriptor, CInt(SHUT_RDWR))
        }
    }
}
