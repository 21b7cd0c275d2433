internal import CLinux
internal import Glibc
internal import ProcessControl

/// Looks at a watcher's sockets in its place: for the first connection, or to turn connections away.
/// - The descriptors are copies, so that several may look at one socket.
final class SocketWatch {
    private let loop: EventLoop
    private var copies: [(registration: EventLoop.Registration, descriptor: Copy)] = []

    private final class Copy {
        let owned: OwnedDescriptor
        init(_ owned: consuming OwnedDescriptor) { self.owned = owned }
    }

    /// - Parameter isReadable: called with the socket's descriptor, again and again as long as it is readable.
    init(_ descriptors: [CInt], loop: EventLoop, isReadable: @escaping (CInt) -> Void) {
        self.loop = loop
        for descriptor in descriptors {
            let number = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
            guard number >= 0 else { continue }
            let copy = Copy(OwnedDescriptor(adopting: number))
            if let registration = try? loop.watch(number, for: .readable, { _ in isReadable(number) }) {
                copies.append((registration, copy))
            }
        }
    }

    deinit { end() }

    func end() {
        for copy in copies { loop.stopWatching(copy.registration) }
        copies = []
    }

    /// Takes what waits at a socket and lets go of it: a client is told at once that nobody serves.
    static func turnAway(_ descriptor: CInt) {
        for _ in 0..<64 {
            let number = clinux_accept(descriptor)
            if number >= 0 {
                close(number)
                continue
            }
            guard number == -EOPNOTSUPP || number == -EINVAL else { return }
            var byte: UInt8 = 0
            if recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT)) < 0 { return }
        }
    }
}
