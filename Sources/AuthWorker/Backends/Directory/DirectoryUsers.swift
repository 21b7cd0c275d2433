internal import BundleConfig
internal import BundleLog
internal import Logging
internal import Synchronization

/// The users of an LDAP directory (`ldap_auth`): the account is searched for, and its entry's name and the password must bind.
///
/// - Connections: one that has searched is kept, bound as the searcher, for the next search; a user's bind has one of its own,
///   so that no search is ever made with somebody else's rights.
/// - Faults: a server that cannot be asked is passed over for the next one, within the time-out of the sign-in, and asked last
///   for 10 s.
/// - Source: docker_auth's authn/ldap_auth.go.
final class DirectoryUsers: Authenticator {
    private struct State {
        var idle: [(server: String, connection: DirectoryConnection)] = []
        var avoided: [String: ContinuousClock.Instant] = [:]
        var isClosed = false
    }

    private static let avoidance: Duration = .seconds(10)
    /// Groups of one user.
    private static let groupLimit = 1000

    let name = "ldap_auth"
    private let settings: DirectorySettings
    private let threads: BackendThreads
    private let logger: Logger
    private let state = Mutex(State())

    init(_ settings: DirectorySettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
        threads = BackendThreads(settings.connections)
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle = []
        }
        threads.close()
    }

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        guard !account.isEmpty, !account.utf8.contains(0) else { return .unknownAccount }
        do throws(BackendFailure) {
            return try await threads.run(within: settings.time) { [self] deadline throws(BackendFailure) in
                try ask(account, password, until: deadline)
            }
        } catch {
            return .failed(error)
        }
    }

    /// Asks one server after the other. Each but the last may spend half of the time that is left.
    private func ask(
        _ account: String, _ password: [UInt8], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> SignInOutcome {
        let servers = order()
        var failure = BackendFailure.late
        for (index, server) in servers.enumerated() {
            let now = ContinuousClock.now
            guard now < deadline else { break }
            let limit = index == servers.count - 1 ? deadline : now + now.duration(to: deadline) / 2
            do throws(BackendFailure) {
                let outcome = try ask(server, account, password, until: limit)
                state.withLock { $0.avoided[server] = nil }
                return outcome
            } catch {
                failure = BackendFailure(problem: "\(server): \(error.problem)", isOutage: error.isOutage)
                guard error.isOutage else { throw failure }
                state.withLock { state in
                    state.avoided[server] = .now + Self.avoidance
                    state.idle.removeAll { $0.server == server }
                }
            }
        }
        throw failure
    }

    private func order() -> [String] {
        let now = ContinuousClock.now
        let avoided = state.withLock { $0.avoided.filter { $0.value > now } }
        return settings.servers.filter { avoided[$0] == nil } + settings.servers.filter { avoided[$0] != nil }
    }

    private func ask(
        _ server: String, _ account: String, _ password: [UInt8], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> SignInOutcome {
        if settings.bindsAsUser, let searcher = settings.searcher {
            guard !password.isEmpty else { return .wrongPassword }
            let connection = try DirectoryConnection(server, settings.security, until: deadline)
            let name = searcher.name.replacing("${account}", with: DirectoryEscaping.name(account))
            guard try signsIn(account, as: name, password, on: connection, until: deadline) else {
                return .wrongPassword
            }
            guard let found = try find(account, on: connection, until: deadline) else { return .unknownAccount }
            return .signedIn(labels: found.labels)
        }
        guard let found = try search(server, account, until: deadline) else { return .unknownAccount }
        // Never sent: the server would take it for an anonymous sign-in, and say yes.
        guard !password.isEmpty else { return .wrongPassword }
        let connection = try DirectoryConnection(server, settings.security, until: deadline)
        guard try signsIn(account, as: found.name, password, on: connection, until: deadline) else {
            return .wrongPassword
        }
        return .signedIn(labels: found.labels)
    }

    /// - Returns: false for a wrong password, and for an account that is locked, which the log tells apart.
    private func signsIn(
        _ account: String, as name: String, _ password: [UInt8], on connection: DirectoryConnection,
        until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> Bool {
        switch try connection.bind(name, password, until: deadline) {
        case .accepted: return true
        case .refused: return false
        case .forbidden(let words):
            logger.notice(
                "ldap_auth: the directory lets \(account) not sign in: \(words); is the account locked or its password expired?",
                metadata: [LogField.user: .string(account)])
            return false
        }
    }

    /// Searches on a kept connection, or on a new one when that is broken.
    private func search(
        _ server: String, _ account: String, until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> Found? {
        while let connection = takeIdle(server) {
            do throws(BackendFailure) {
                let found = try find(account, on: connection, until: deadline)
                keep(connection, server)
                return found
            } catch {
                // The server was restarted, perhaps, or has closed what was idle for long.
                guard error.isOutage, error != .late else { throw error }
            }
        }
        let connection = try DirectoryConnection(server, settings.security, until: deadline)
        if let searcher = settings.searcher {
            let password = Array(searcher.password.reveal().utf8)
            let answer = try connection.bind(searcher.name, password, until: deadline)
            guard answer == .accepted else {
                var problem = "it refuses bind_dn with the password of bind_password_file"
                if case .forbidden(let words) = answer { problem += ": \(words)" }
                throw BackendFailure(problem: problem, isOutage: false)
            }
        }
        let found = try find(account, on: connection, until: deadline)
        keep(connection, server)
        return found
    }

    private struct Found {
        var name: String
        var labels: Labels
    }

    /// The attributes that a filter compares with the account: `uid` of `(&(objectClass=person)(uid=${account}))`.
    static func accountAttributes(_ filter: String) -> [String] {
        filter.split(separator: "=${account})", omittingEmptySubsequences: false).dropLast().compactMap { before in
            before.lastIndex(of: "(").map { String(before[before.index(after: $0)...]) }
        }
    }

    private func find(
        _ account: String, on connection: DirectoryConnection, until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> Found? {
        let value = DirectoryEscaping.filter(account)
        let names = Self.accountAttributes(settings.filter)
        let entries = try connection.search(
            settings.base, settings.filter.replacing("${account}", with: value),
            settings.labels.map(\.attribute) + names, limit: 1, until: deadline)
        guard let entry = entries.first, !entry.name.isEmpty else { return nil }
        // A directory compares without case and further spaces; here another spelling is another account, with other rights.
        let spellings = entry.values.dropFirst(settings.labels.count).joined()
        guard names.isEmpty || spellings.contains(where: { $0.utf8.elementsEqual(account.utf8) }) else { return nil }
        var labels: [(name: String, values: [String])] = zip(settings.labels, entry.values).map { source, values in
            let texts = source.takesCommonName ? values.compactMap(DirectoryEscaping.commonName) : values
            return (source.name, source.isLowerCase ? texts.map { $0.lowercased() } : texts)
        }
        if let groups = settings.groups {
            let filter = groups.filter.replacing("${account}", with: value)
                .replacing("${dn}", with: DirectoryEscaping.filter(entry.name))
            let found = try connection.search(
                groups.base, filter, ["cn"], limit: Self.groupLimit, until: deadline)
            let names = found.compactMap { $0.values.first?.first }
            if let index = labels.firstIndex(where: { $0.name == groups.label }) {
                labels[index].values += names
            } else {
                labels.append((groups.label, names))
            }
        }
        return Found(name: entry.name, labels: Labels(labels))
    }

    private func takeIdle(_ server: String) -> DirectoryConnection? {
        state.withLock { state in
            state.idle.lastIndex { $0.server == server }.map { state.idle.remove(at: $0).connection }
        }
    }

    private func keep(_ connection: DirectoryConnection, _ server: String) {
        guard connection.isUsable else { return }
        state.withLock { state in
            if !state.isClosed { state.idle.append((server, connection)) }
        }
    }
}
