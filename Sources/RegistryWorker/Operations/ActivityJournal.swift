import RegistryModel
import Synchronization

/// Remembers, in bounded memory, when pushes began and which pulls were told of a moment ago, so that each leaves one sentence.
final class ActivityJournal: Sendable {
    private struct Actor: Hashable {
        var user: String
        var remote: String
        var repository: RepositoryName
    }

    private struct Pull: Hashable {
        var actor: Actor
        var digest: Digest
    }

    private struct Repeats {
        var told: ContinuousClock.Instant
        var untold: Int
    }

    private struct State {
        var pushes: [Actor: ContinuousClock.Instant] = [:]
        var pulls: [Pull: Repeats] = [:]
    }

    /// Pulls of the same by the same within this time are told of together.
    static let quietTime: Duration = .seconds(10)
    /// A push that is not finished by then began anew.
    static let longestPush: Duration = .seconds(6 * 3_600)

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 4_096) {
        self.limit = limit
    }

    /// Notes that something of a push has been seen; only the first counts.
    func pushBegins(
        by caller: Caller, from remote: String, to repository: RepositoryName, at now: ContinuousClock.Instant = .now
    ) {
        let actor = Actor(user: caller.name, remote: remote, repository: repository)
        state.withLock { state in
            if let began = state.pushes[actor], began.duration(to: now) < Self.longestPush { return }
            if state.pushes.count >= limit { state.pushes.removeAll() }
            state.pushes[actor] = now
        }
    }

    /// How long the push has taken that ends now; nil when its beginning was not seen.
    func pushEnds(
        by caller: Caller, from remote: String, to repository: RepositoryName, at now: ContinuousClock.Instant = .now
    ) -> Duration? {
        let actor = Actor(user: caller.name, remote: remote, repository: repository)
        return state.withLock { $0.pushes.removeValue(forKey: actor) }.map { $0.duration(to: now) }
    }

    /// - Returns: how many pulls before this one have not been told of; nil when this one is to be told of later too.
    func pull(
        of digest: Digest, by caller: Caller, from remote: String, in repository: RepositoryName,
        at now: ContinuousClock.Instant = .now
    ) -> Int? {
        let pull = Pull(actor: Actor(user: caller.name, remote: remote, repository: repository), digest: digest)
        return state.withLock { state in
            if let repeats = state.pulls[pull], repeats.told.duration(to: now) < Self.quietTime {
                state.pulls[pull] = Repeats(told: repeats.told, untold: repeats.untold + 1)
                return nil
            }
            if state.pulls.count >= limit { state.pulls.removeAll() }
            return state.pulls.updateValue(Repeats(told: now, untold: 0), forKey: pull)?.untold ?? 0
        }
    }
}
