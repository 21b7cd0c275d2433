internal import CLinux
internal import Glibc
internal import ProcessControl

/// The control socket: HTTP/1.1 on the arbiter's own loop, for the supervisor's own user and root.
/// - Requests of one connection are answered in order; those of several never wait for each other.
final class ControlServer {
    private final class Connection {
        let descriptor: OwnedDescriptor
        var registration: EventLoop.Registration?
        var parser = ControlRequestParser()
        var outgoing: [UInt8] = []
        /// Whether an answer is being waited for; further requests stay in the parser until it is given.
        var isBusy = false
        var closesWhenSent = false

        init(_ descriptor: consuming OwnedDescriptor) {
            self.descriptor = descriptor
        }
    }

    /// Answers a request, now or later.
    typealias Handler = (ControlRequest, @escaping (ControlResponse) -> Void) -> Void

    private static let connectionLimit = 256

    private let loop: EventLoop
    private let socket: BoundSocket
    private let handler: Handler
    private var registration: EventLoop.Registration?
    private var connections: [ObjectIdentifier: Connection] = [:]

    init(path: String, loop: EventLoop, _ handler: @escaping Handler) throws(SocketError) {
        self.loop = loop
        self.handler = handler
        socket = try BoundSocket(.unix(path: path, mode: 0o600))
        do throws(SystemError) {
            registration = try loop.watch(socket.descriptor, for: .readable) { [weak self] _ in self?.accept() }
        } catch {
            throw .system(error)
        }
    }

    private func accept() {
        while true {
            let number = clinux_accept(socket.descriptor)
            guard number >= 0 else { return }
            let connection = Connection(OwnedDescriptor(adopting: number))
            guard isAllowed(number), connections.count < Self.connectionLimit else { continue }
            let id = ObjectIdentifier(connection)
            connection.registration = try? loop.watch(number, for: .readable) {
                [weak self, weak connection] readiness in
                guard let self, let connection else { return }
                self.serve(connection, readiness)
            }
            if connection.registration != nil { connections[id] = connection }
        }
    }

    /// The mode keeps strangers out already; this holds even where somebody widened it.
    private func isAllowed(_ descriptor: CInt) -> Bool {
        var peer = clinux_credentials()
        return clinux_peer(descriptor, &peer) == 0 && (peer.uid == geteuid() || peer.uid == 0)
    }

    private func serve(_ connection: Connection, _ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { send(connection) }
        guard !readiness.isDisjoint(with: [.readable, .hungUp, .failed]) else { return }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = Glibc.read(connection.descriptor.number, &buffer, buffer.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard count > 0 else { return close(connection) }
        connection.parser.feed(buffer[..<count])
        answerNext(connection)
    }

    private func answerNext(_ connection: Connection) {
        guard !connection.isBusy, !connection.closesWhenSent else { return }
        switch connection.parser.next() {
        case .needsMore: break
        case .refused(let status, let problem):
            connection.closesWhenSent = true
            reply(.problem(status, problem, remedy: "see RFC 9112"), to: connection)
        case .request(let request):
            connection.isBusy = true
            if request.headers["connection"]?.lowercased() == "close" { connection.closesWhenSent = true }
            handler(request) { [weak self, weak connection] response in
                guard let self, let connection else { return }
                connection.isBusy = false
                self.reply(response, to: connection)
                self.answerNext(connection)
            }
        }
    }

    private func reply(_ response: ControlResponse, to connection: Connection) {
        connection.outgoing += response.encoded()
        send(connection)
    }

    private func send(_ connection: Connection) {
        while !connection.outgoing.isEmpty {
            let count = connection.outgoing.withUnsafeBytes { bytes in
                Glibc.send(connection.descriptor.number, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { break }
                return close(connection)
            }
            connection.outgoing.removeFirst(count)
        }
        if connection.outgoing.isEmpty && connection.closesWhenSent && !connection.isBusy { return close(connection) }
        if let registration = connection.registration {
            try? loop.change(registration, to: connection.outgoing.isEmpty ? .readable : [.readable, .writable])
        }
    }

    private func close(_ connection: Connection) {
        if let registration = connection.registration { loop.stopWatching(registration) }
        connections[ObjectIdentifier(connection)] = nil
    }
}
