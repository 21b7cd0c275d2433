internal import HTTPService
internal import Synchronization
internal import TextFormats

/// What the worker counts, over reloads.
final class AuthMetrics: Sendable {
    private struct Figures {
        var answers: [String: Int] = [:]
        var seconds: [String: Histogram] = [:]
        var refreshTokens = 0
        var reloads: [Bool: Int] = [:]
        /// Back-ends that could not be asked when they were last needed.
        var outages: Set<String> = []
    }

    private let figures = Mutex(Figures())

    /// - Parameter result: `granted`, `wrong_password`, `delayed`.
    func answered(_ result: String) { figures.withLock { $0.answers[result, default: 0] += 1 } }

    func asked(_ backend: String, took duration: Duration) {
        figures.withLock { $0.seconds[backend, default: Histogram()].note(duration / .seconds(1)) }
    }

    func isOut(_ backend: String) { figures.withLock { _ = $0.outages.insert(backend) } }

    func isBack(_ backend: String) {
        figures.withLock { if !$0.outages.isEmpty { $0.outages.remove(backend) } }
    }

    /// Sorted.
    var outages: [String] { figures.withLock { $0.outages.sorted() } }

    func gaveRefreshToken() { figures.withLock { $0.refreshTokens += 1 } }

    func reloaded(isTaken: Bool) { figures.withLock { $0.reloads[isTaken, default: 0] += 1 } }

    /// Everything in Prometheus' text format.
    func text(_ state: AuthState, pool: PasswordPool) -> String {
        let figures = figures.withLock { $0 }
        let cache = state.users.cacheFigures
        var text = MetricsText()
        text.counter(
            "dockmaster_auth_requests_total", "Answers of the token end-point.",
            figures.answers.map { ([("result", $0.key)], $0.value) })
        text.histogram(
            "dockmaster_auth_backend_seconds", "How long a back-end took to sign in or to authorize.",
            figures.seconds.map { ([("backend", $0.key)], $0.value) })
        text.counter(
            "dockmaster_auth_password_cache_total", "Passwords that were right a moment ago, or not known.",
            [([("result", "hit")], cache.hits), ([("result", "miss")], cache.misses)])
        text.gauge(
            "dockmaster_auth_backend_out", "Back-ends that could not be asked when they were last needed.",
            figures.outages.map { ([("backend", $0)], 1) })
        text.gauge("dockmaster_auth_passwords_waiting", "Passwords that wait to be hashed.", [([], pool.waiting)])
        text.counter(
            "dockmaster_auth_refresh_tokens_total", "Refresh tokens given.", [([], figures.refreshTokens)])
        text.counter(
            "dockmaster_auth_reloads_total", "Configurations taken or refused.",
            figures.reloads.map { ([("result", $0.key ? "taken" : "refused")], $0.value) })
        text.gauge(
            "dockmaster_auth_rules", "Rules of the access list.", [([], state.settings.accessList.rules.count)])
        return text.finished()
    }
}
