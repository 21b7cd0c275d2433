internal import CLinux
internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// The control socket: HTTP/1.1 on the arbiter's own loop. Requests of several connections never wait for each other.
/// - The unix socket is 0600. Where the configuration names further users, an access list lets in exactly these, and the
///   uid that the kernel tells decides what they may do.
/// - TCP only where the configuration asks for it, and only with a token.
final class ControlServer {
    /// Answers a request, now or later, once.
    typealias Handler = (ControlRequest, @escaping (ControlResponse) -> Void) -> Void

    private static let connectionLimit = 256

    private let loop: EventLoop
    private let path: String
    private let handler: Handler
    private var access: ControlAccess
    /// Told of what keeps connections from being taken.
    private let trouble: (String) -> Void
    private var unix: ConnectionAcceptor?
    private var tcp: ConnectionAcceptor?
    private var token: [UInt8] = []
    /// Whether the socket and its folder have access lists.
    private var isAdmitting = false
    private var connections: [ObjectIdentifier: ControlConnection] = [:]
    /// The connections' keys, oldest first.
    private var ages: [ObjectIdentifier] = []

    init(
        path: String, loop: EventLoop, settings: SupervisorSettings.ControlAccess = .init(),
        trouble: @escaping (String) -> Void = { _ in }, _ handler: @escaping Handler
    ) throws(Refusal) {
        self.loop = loop
        self.path = path
        self.handler = handler
        self.trouble = trouble
        access = ControlAccess(settings: settings)
        do {
            unix = try listen(.unix(path: path, mode: 0o600)) { [weak self] in self?.acceptUnix($0) }
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
        try admit()
        try listenTCP()
    }

    /// Takes up changed settings. On any problem the old ones stay.
    func apply(_ settings: SupervisorSettings.ControlAccess) throws(Refusal) {
        guard settings != access.settings else { return }
        let old = access.settings
        access.settings = settings
        do throws(Refusal) {
            try admit()
            try listenTCP()
        } catch {
            access.settings = old
            throw error
        }
    }

    /// The port of the TCP listener.
    var port: Int? { tcp?.port }

    // MARK: Listening

    private func listen(
        _ address: SocketAddress, _ accepted: @escaping (consuming OwnedDescriptor) -> Void
    ) throws -> ConnectionAcceptor {
        try ConnectionAcceptor(BoundSocket(address), on: loop, trouble: trouble, accepted)
    }

    /// Lets exactly the named users reach the socket: rights on it, and the right to pass through its folder.
    private func admit() throws(Refusal) {
        let guests = access.guests
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard !guests.isEmpty else {
            // Of no use to anybody who was let in before; where there never was a list, nothing is done.
            if isAdmitting {
                _ = clinux_allow_users(path, [], 0, 0)
                _ = clinux_allow_users(folder, [], 0, 0)
            }
            isAdmitting = false
            return
        }
        let results = [
            clinux_allow_users(path, guests, guests.count, 6), clinux_allow_users(folder, guests, guests.count, 1),
        ]
        isAdmitting = true
        guard let failed = results.first(where: { $0 != 0 }) else { return }
        throw Refusal(problems: [
            "supervisor.control: cannot let the named users in: \(SystemError("set the access list of \(path)", code: -failed)); "
                + "choose a run folder on a file system with access lists"
        ])
    }

    private func listenTCP() throws(Refusal) {
        guard let address = access.settings.address else { return closeTCP() }
        guard let file = access.settings.tokenFile else {
            throw Refusal(problems: [
                "supervisor.control.tcp: \(address) without a token is open to everybody; name a token_file, or leave tcp out"
            ])
        }
        let fresh = try ControlAccess.token(in: file)
        guard let (host, port) = Self.parts(of: address) else {
            throw Refusal(problems: [
                "supervisor.control.tcp: \"\(address)\" is no address with a port; write it as 127.0.0.1:5555"
            ])
        }
        token = fresh
        closeTCP()
        do {
            tcp = try listen(.tcp(host: host, port: port)) { [weak self] in self?.serve($0, level: nil) }
        } catch {
            throw Refusal(problems: ["supervisor.control.tcp: \(error)"])
        }
    }

    private func closeTCP() {
        tcp = nil
    }

    /// "[::1]:5555" → ("::1", 5555).
    private static func parts(of address: String) -> (String, Int)? {
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
        return host.isEmpty ? nil : (host, port)
    }

    // MARK: Accepting

    private func acceptUnix(_ descriptor: consuming OwnedDescriptor) {
        var peer = clinux_credentials()
        let isKnown = clinux_peer(descriptor.number, &peer) == 0
        serve(descriptor, level: isKnown ? access.level(of: peer.uid) : .stranger)
    }

    private func serve(_ descriptor: consuming OwnedDescriptor, level: ControlAccess.Level?) {
        if connections.count >= Self.connectionLimit { makeRoom() }
        let connection = ControlConnection(
            descriptor, loop: loop, level: level, token: token, handler: handler
        ) { [weak self] connection in
            let id = ObjectIdentifier(connection)
            self?.connections[id] = nil
            self?.ages.removeAll { $0 == id }
        }
        guard connection.open() else { return }
        connections[ObjectIdentifier(connection)] = connection
        ages.append(ObjectIdentifier(connection))
        if connections.count > Self.connectionLimit {
            connection.refuse(
                .problem(503, "256 clients are connected already", remedy: "end some of those that follow the events"))
        }
    }

    /// Lets go of the client that has been connected longest without asking anything.
    private func makeRoom() {
        for id in ages {
            guard let connection = connections[id], connection.isIdle else { continue }
            return connection.close()
        }
    }
}

extension ControlServer {
    /// Takes up each new configuration's settings; what cannot be is told, and the old ones stay.
    func keepUp(with arbiter: Arbiter) {
        _ = arbiter.events.subscribe { [weak self, weak arbiter] event in
            guard event.kind == .reloaded, let self, let arbiter else { return }
            do throws(Refusal) {
                try self.apply(arbiter.settings.control)
            } catch {
                for problem in error.problems {
                    arbiter.log.error(
                        "the control socket keeps its settings: \(problem)", [("event", "control_refused")])
                }
            }
        }
    }
}
