internal import RegistryToken
internal import Synchronization

/// The users of a database (`xorm_auth`).
///
/// - Cache: a row is believed for `cacheTime`, and, while the database cannot be asked, for `staleTime`: that long somebody who
///   was removed, or whose password was changed, may still sign in with the old one.
/// - Bounded: rows of at most `capacity` users are kept.
final class DatabaseUsers: Authenticator {
    private struct Kept {
        var row: DatabaseUser
        var read: ContinuousClock.Instant
    }

    private struct State {
        /// By the name's bytes: two spellings of one letter are two users.
        var rows: [[UInt8]: Kept] = [:]
        /// Until then the database is not asked again: it was down a moment ago.
        var pause = ContinuousClock.now
    }

    private static let capacity = 4096
    /// After an outage.
    private static let pause: Duration = .seconds(1)

    let name = "xorm_auth"
    let spendsOnStrangers = true
    private let settings: DatabaseSettings
    private let source: any DatabaseSource
    private let threads: BackendThreads
    private let hashes: PasswordHashes
    private let state = Mutex(State())

    init(_ settings: DatabaseSettings, source: any DatabaseSource, threads: BackendThreads, hashes: PasswordHashes) {
        self.settings = settings
        self.source = source
        self.threads = threads
        self.hashes = hashes
    }

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        guard !account.isEmpty, !password.isEmpty, !account.utf8.contains(0) else { return .unknownAccount }
        do throws(BackendFailure) {
            guard let row = try await row(of: account) else {
                return await hashes.refuse(password) == .busy ? .busy : .unknownAccount
            }
            guard let labels = Self.labels(row) else {
                throw BackendFailure(problem: "xorm_user: the labels of \(account) are no JSON labels", isOutage: false)
            }
            return switch try await hashes.verify(account, password: password, hash: row.hash) {
            case .right: .signedIn(labels: labels)
            case .wrong: .wrongPassword
            case .busy: .busy
            }
        } catch {
            return .failed(error)
        }
    }

    private static func labels(_ row: DatabaseUser) -> Labels? {
        guard let text = row.labels, !text.isEmpty else { return Labels.none }
        return try? Labels(json: JSONReader.read(Array(text.utf8)))
    }

    private func row(of account: String) async throws(BackendFailure) -> DatabaseUser? {
        let now = ContinuousClock.now
        let (kept, pause) = state.withLock { ($0.rows[Array(account.utf8)], $0.pause) }
        if let kept, kept.read + settings.cacheTime > now { return kept.row }
        let stale = kept.flatMap { $0.read + settings.staleTime > now ? $0.row : nil }
        if let stale, pause > now { return stale }
        do throws(BackendFailure) {
            let row = try await threads.run(within: settings.time) { [source] deadline throws(BackendFailure) in
                try source.user(account, until: deadline)
            }
            state.withLock { state in
                if state.rows.count >= Self.capacity { state.rows = [:] }
                state.rows[Array(account.utf8)] = row.map { Kept(row: $0, read: now) }
            }
            return row
        } catch {
            guard error.isOutage else { throw error }
            state.withLock { $0.pause = .now + Self.pause }
            guard let stale else { throw error }
            return stale
        }
    }
}
