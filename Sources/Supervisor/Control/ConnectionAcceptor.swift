internal import CLinux
internal import Glibc
internal import ProcessControl

/// Takes the connections of a listening socket. Without descriptors for them it says so once and rests for a moment: the
/// socket stays readable meanwhile, and a loop that looked at it again at once would do nothing else.
final class ConnectionAcceptor {
    private static let rest: Duration = .milliseconds(250)

    private let socket: BoundSocket
    private let loop: EventLoop
    private let trouble: (String) -> Void
    private let accepted: (consuming OwnedDescriptor) -> Void
    private var registration: EventLoop.Registration?
    private var isTold = false

    /// - Parameter trouble: told once for each spell of trouble.
    init(
        _ socket: BoundSocket, on loop: EventLoop, trouble: @escaping (String) -> Void,
        _ accepted: @escaping (consuming OwnedDescriptor) -> Void
    ) throws(SystemError) {
        self.socket = socket
        self.loop = loop
        self.trouble = trouble
        self.accepted = accepted
        try watch()
    }

    /// The port of a TCP socket.
    var port: Int? { socket.port.map { Int($0) } }

    deinit {
        if let registration { loop.stopWatching(registration) }
    }

    private func watch() throws(SystemError) {
        registration = try loop.watch(socket.descriptor, for: .readable) { [weak self] _ in self?.accept() }
    }

    private func accept() {
        while true {
            let number = clinux_accept(socket.descriptor)
            switch -number {
            case EAGAIN: return
            // The peer has gone already.
            case ECONNABORTED, EINTR, EPROTO: continue
            case let code where code > 0:
                return pause(SystemError("accept a connection at \(socket.address)", code: code))
            default:
                isTold = false
                accepted(OwnedDescriptor(adopting: number))
            }
        }
    }

    private func pause(_ error: SystemError) {
        if !isTold { trouble(error.description) }
        isTold = true
        if let registration { loop.stopWatching(registration) }
        registration = nil
        loop.after(Self.rest) { [weak self] in self?.resume() }
    }

    private func resume() {
        do throws(SystemError) {
            try watch()
        } catch {
            pause(error)
        }
    }
}
