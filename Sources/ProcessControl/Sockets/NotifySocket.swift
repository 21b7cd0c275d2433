internal import CLinux
internal import Glibc

/// The socket that children report their state to (`NOTIFY_SOCKET`, as sd_notify(3) writes it). The kernel vouches for
/// the sender's pid (SCM_CREDENTIALS), so that anybody may write: who reaches it is the folder's to say.
package final class NotifySocket {
    /// One datagram.
    package struct Message: Sendable, Equatable {
        package let sender: ProcessID
        package let user: UInt32
        package let fields: [NotifyField]
    }

    package let path: String
    private let socketDescriptor: OwnedDescriptor
    private let identity: SocketPath?
    private var buffer = [UInt8](repeating: 0, count: 8192)

    package init(path: String) throws(SocketError) {
        self.path = path
        let descriptor = try BoundSocket.bindUnix(path, type: CInt(SOCK_DGRAM.rawValue), mode: 0o666)
        let result = clinux_request_credentials(descriptor.number)
        guard result == 0 else { throw .system(SystemError("ask for credentials at \(path)", code: -result)) }
        socketDescriptor = descriptor
        identity = SocketPath(path)
    }

    /// Goes on with the socket of this process's earlier program: what children said meanwhile is waiting in it.
    package init(resuming descriptor: consuming OwnedDescriptor, path: String) {
        self.path = path
        socketDescriptor = descriptor
        identity = SocketPath(path)
    }

    deinit {
        identity?.remove()
    }

    package var descriptor: CInt { socketDescriptor.number }

    /// The next message, nil when none is waiting.
    package func next() -> Message? {
        var sender = clinux_credentials()
        let size = clinux_receive(socketDescriptor.number, &buffer, buffer.count, &sender)
        guard size > 0 else { return nil }
        let text = String(decoding: buffer[..<size], as: UTF8.self)
        return Message(sender: sender.pid, user: sender.uid, fields: NotifyField.parse(text))
    }
}
