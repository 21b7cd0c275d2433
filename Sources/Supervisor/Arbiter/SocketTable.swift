internal import Glibc
internal import ProcessControl
internal import Supervision

/// The sockets that the supervisor holds, bound once each. Under systemd they are in its store as well and outlive us.
/// - A socket is known by its place. The same place with other options is the same socket, which takes them up.
struct SocketTable {
    private var bound: [SocketDefinition: BoundSocket] = [:]
    private let store: SystemdNotifier
    /// Sockets that came with the start and that no definition has claimed yet.
    private var unclaimed: [InheritedSocket]

    init(store: SystemdNotifier = SystemdNotifier(isWanted: false), inherited: [InheritedSocket] = []) {
        self.store = store
        unclaimed = inherited
    }

    // MARK: Upgrading

    /// Goes on with the sockets of this process's earlier program. Those of one number are one socket.
    init(resuming states: [UpgradeState.Socket], store: SystemdNotifier) {
        self.init(store: store)
        var sockets: [CInt: BoundSocket] = [:]
        for state in states {
            if sockets[state.descriptor] == nil, let owned = ProgramReplacement.takeOver(state.descriptor) {
                let socket = BoundSocket(resuming: owned, as: state.request)
                socket.leavesPath = store.hasStore
                sockets[state.descriptor] = socket
            }
            bound[state.definition] = sockets[state.descriptor]
        }
    }

    var states: [UpgradeState.Socket] {
        bound.map { .init(definition: $0.key, request: $0.value.request, descriptor: $0.value.descriptor) }
    }

    // MARK: Binding

    /// Other options for a socket that is open, tried and put off.
    struct Change {
        let socket: BoundSocket
        let request: SocketRequest
    }

    /// Binds those that are not bound yet, or takes what was inherited: all of them, or none.
    /// - Parameter requests: what was found out about names (`SocketRequest.all`). Without it only numbers will do:
    ///   names are not looked up here, on the loop's thread.
    /// - Parameter putsOffChanges: whether open sockets keep their options for now.
    /// - Returns: what was put off: for `change(_:)`.
    @discardableResult
    mutating func bind(
        _ definitions: [SocketDefinition], requests: [SocketDefinition: SocketRequest] = [:],
        putsOffChanges: Bool = false
    ) throws(SocketError) -> [Change] {
        var claimed: [SocketDefinition: BoundSocket] = [:]
        var before: [(socket: BoundSocket, request: SocketRequest)] = []
        do throws(SocketError) {
            for definition in definitions where claimed[definition] == nil {
                let request: SocketRequest
                if let known = requests[definition] {
                    request = known
                } else {
                    request = try SocketRequest(numeric: definition, among: definitions)
                }
                if let open = openSocket(definition, request, claimed) {
                    before.append((open, open.request))
                    if request.isFixed { try open.change(to: request) }
                    claimed[definition] = open
                } else if let match = unclaimed.first(where: { $0.name.matches(request) && !$0.isClaimed }) {
                    claimed[definition] = try match.claim(as: request)
                } else {
                    claimed[definition] = try BoundSocket(request)
                }
            }
        } catch {
            for (socket, request) in before.reversed() { try? socket.change(to: request) }
            for socket in unclaimed { socket.isClaimed = false }
            throw naming(error)
        }
        unclaimed.removeAll(where: \.isClaimed)
        for socket in claimed.values {
            socket.leavesPath = store.hasStore
            store.store(socket.descriptor, as: socket.request.storeName)
        }
        bound.merge(claimed) { _, new in new }
        guard putsOffChanges else { return [] }
        let changes = before.filter { $0.socket.request != $0.request }.map {
            Change(socket: $0.socket, request: $0.socket.request)
        }
        // What could be done a moment ago can be undone.
        for (socket, request) in before.reversed() { try? socket.change(to: request) }
        return changes
    }

    /// Makes changes that were put off.
    /// - Returns: a sentence for each that has become impossible since it was tried.
    func change(_ changes: [Change]) -> [String] {
        changes.compactMap { change in
            do throws(SocketError) {
                try change.socket.change(to: change.request)
                return nil
            } catch {
                return "the socket at \(change.request.description) keeps its options: \(error)"
            }
        }
    }

    /// The socket that serves a definition already: one at the same place, or for a port chosen by the kernel its own.
    private func openSocket(
        _ definition: SocketDefinition, _ request: SocketRequest, _ claimed: [SocketDefinition: BoundSocket]
    ) -> BoundSocket? {
        guard request.isFixed else { return bound[definition] }
        let isSame = { (socket: BoundSocket) in socket.request.isSamePlace(as: request) }
        return claimed.values.first(where: isSame) ?? bound.values.first(where: isSame)
    }

    /// An error that blames us tells for which socket we hold the port.
    private func naming(_ error: SocketError) -> SocketError {
        guard case .portTaken(let address, let port, let holder?) = error, holder.pid == getpid(),
            let own = bound.first(where: { $0.value.request.address.port == port })
        else { return error }
        let program = "dockmaster itself, for its socket \(own.key.name) at \(own.value.request.description)"
        return .portTaken(address: address, port: port, holder: .init(pid: holder.pid, program: program))
    }

    // MARK: Letting go

    /// Closes those that nobody uses any more.
    mutating func keep(_ definitions: [SocketDefinition]) {
        let wanted = Set(definitions)
        let kept = bound.filter { wanted.contains($0.key) }
        let used = Set(kept.values.map { ObjectIdentifier($0) })
        for socket in bound.values where !used.contains(ObjectIdentifier(socket)) {
            store.forget(socket.request.storeName)
            socket.leavesPath = false
        }
        bound = kept
    }

    /// Closes what came with the start and is no socket of this configuration. Called once everything is bound.
    /// - Returns: a line of log for each.
    mutating func closeStrangers() -> [String] {
        defer { unclaimed = [] }
        return unclaimed.map { socket in
            store.forget(socket.label)
            return "a socket that was handed over is not in this configuration and was closed: \(socket.name)"
        }
    }

    // MARK: Asking

    /// A watcher's sockets, in the order of its definition.
    func inherited(by definition: WatcherDefinition) -> [SpawnRequest.Inherited] {
        definition.sockets.compactMap { socket in
            bound[socket].map { .init(descriptor: $0.descriptor, name: socket.name) }
        }
    }

    var addresses: [(name: String, address: String)] {
        bound.map { ($0.key.name, $0.value.request.description) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }
}
