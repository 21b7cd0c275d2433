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
    /// Settings that are to be taken up with `commit()`.
    private var prepared: Prepared?
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
        try admit(access.guests)
        guard let address = settings.address else { return }
        token = try Self.token(settings, address)
        do {
            try serve(try Self.bind(address))
        } catch {
            throw error as? Refusal ?? Refusal(problems: ["supervisor.control.tcp: \(error)"])
        }
    }

    // MARK: Other settings

    private final class Prepared {
        let settings: SupervisorSettings.ControlAccess
        let token: [UInt8]
        /// The listener of another TCP address; nil: there is none, or the open one serves on.
        var socket: BoundSocket?
        /// An address whose port the open listener has to give up first.
        var late: String?

        init(_ settings: SupervisorSettings.ControlAccess, token: [UInt8] = []) {
            self.settings = settings
            self.token = token
        }
    }

    /// Tries out other settings, for `commit()` or `discard()`; until then nobody notices anything.
    /// - The token file is read each time: another token counts from the next reload on.
    func prepare(_ settings: SupervisorSettings.ControlAccess) throws(Refusal) {
        let next = ControlAccess(owner: access.owner, settings: settings)
        if next.guests != access.guests {
            defer { try? admit(access.guests) }
            try admit(next.guests)
        }
        guard let address = settings.address else { return prepared = Prepared(settings) }
        let prepared = Prepared(settings, token: try Self.token(settings, address))
        if let tcp, let port = tcp.port, port == Self.parts(of: address)?.1 {
            if address != access.settings.address { prepared.late = address }
        } else {
            prepared.socket = try Self.bind(address)
        }
        self.prepared = prepared
    }

    /// Takes up what was prepared.
    /// - Returns: a sentence for each thing that has become impossible since it was tried.
    func commit() -> [String] {
        guard let prepared else { return [] }
        self.prepared = nil
        let guests = access.guests
        access.settings = prepared.settings
        token = prepared.token
        do {
            if access.guests != guests { try admit(access.guests) }
            if access.settings.address == nil || prepared.late != nil { tcp = nil }
            if let socket = try prepared.socket ?? prepared.late.map(Self.bind) { try serve(socket) }
            return []
        } catch {
            return ["the control socket cannot take up all of its settings: \(error)"]
        }
    }

    func discard() { prepared = nil }

    /// The port of the TCP listener.
    var port: Int? { tcp?.port }

    // MARK: Listening

    private func listen(
        _ address: SocketAddress, _ accepted: @escaping (consuming OwnedDescriptor) -> Void
    ) throws -> ConnectionAcceptor {
        try ConnectionAcceptor(BoundSocket(address), on: loop, trouble: trouble, accepted)
    }

    /// Lets exactly the named users reach the socket: rights on it, and the right to pass through its folder.
    private func admit(_ guests: [UInt32]) throws(Refusal) {
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

    private static func token(
        _ settings: SupervisorSettings.ControlAccess, _ address: String
    ) throws(Refusal) -> [UInt8] {
        guard let file = settings.tokenFile else {
            throw Refusal(problems: [
                "supervisor.control.tcp: \(address) without a token is open to everybody; name a token_file, or leave tcp out"
            ])
        }
        return try ControlAccess.token(in: file)
    }

    private static func bind(_ address: String) throws(Refusal) -> BoundSocket {
        guard let (host, port) = parts(of: address) else {
            throw Refusal(problems: [
                "supervisor.control.tcp: \"\(address)\" is no address with a port; write it as 127.0.0.1:5555"
            ])
        }
        do {
            return try BoundSocket(.tcp(host: host, port: port))
        } catch {
            throw Refusal(problems: ["supervisor.control.tcp: \(error)"])
        }
    }

    /// Has a TCP socket take the place of the one before.
    private func serve(_ socket: BoundSocket) throws(SystemError) {
        tcp = try ConnectionAcceptor(socket, on: loop, trouble: trouble) { [weak self] in
            self?.serve($0, level: nil)
        }
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
    /// Has each reload try these settings before anything changes, and take them up with everything else.
    func keepUp(with arbiter: Arbiter) {
        arbiter.control = self
    }
}
