internal import Logging
internal import NIOSSL
internal import RegistryToken

/// An issuer's keys, fetched by discovery and kept.
///
/// - Fetched: when the first token comes, when the keys are an hour old, and, at most once a minute, when a token names a
///   key that is not among them. All who wait share one fetch.
/// - Down: keys that are there go on counting for a day; without keys every attempt fails, and one a second is made.
/// - Source: OpenID Connect Discovery 1.0, sections 4 and 4.3.
actor WorkloadIssuer {
    private struct Known {
        var keys: [NamedKey]
        var endpoints: IssuerEndpoints
        var fetched: Int64
    }

    private typealias Discovered = (keys: [NamedKey], endpoints: IssuerEndpoints)

    private static let freshness: Int64 = 3_600
    private static let staleness: Int64 = 86_400
    /// Seconds between two fetches, while there are keys.
    private static let pause: Int64 = 60
    private static let sizeLimit = 256 << 10

    private let url: String
    private let time: Duration
    private let trust: TLSConfiguration?
    private let logger: Logger
    private var known: Known?
    private var attempt: (moment: Int64, failure: BackendFailure?)?
    private var fetch: Task<Void, Never>?

    init(url: String, time: Duration, trust: TLSConfiguration?, logger: Logger) {
        self.url = url
        self.time = time
        self.trust = trust
        self.logger = logger
    }

    /// The keys of this name and algorithm; empty when the issuer has none.
    /// - Parameter now: seconds since 1970.
    func keys(_ id: String, _ algorithm: TokenAlgorithm, now: Int64) async throws(BackendFailure)
        -> [NamedKey]
    {
        let age = known.map { now - $0.fetched }
        let isFresh = age.map { (0..<Self.freshness).contains($0) } ?? false
        if isFresh, let found = find(id, algorithm) { return found }
        _ = try await renewed(now)
        return find(id, algorithm) ?? []
    }

    /// Where the issuer signs people in.
    func endpoints(now: Int64) async throws(BackendFailure) -> IssuerEndpoints {
        if let known, (0..<Self.freshness).contains(now - known.fetched) { return known.endpoints }
        return try await renewed(now).endpoints
    }

    private func renewed(_ now: Int64) async throws(BackendFailure) -> Known {
        if mayFetch(now) { await refresh(now) }
        guard let known, now - known.fetched < Self.staleness else {
            throw attempt?.failure ?? BackendFailure(problem: "the keys of \(url) are not known yet", isOutage: true)
        }
        return known
    }

    private func find(_ id: String, _ algorithm: TokenAlgorithm) -> [NamedKey]? {
        let found = (known?.keys ?? []).filter { $0.id.utf8.elementsEqual(id.utf8) && $0.algorithm == algorithm }
        return found.isEmpty ? nil : found
    }

    private func mayFetch(_ now: Int64) -> Bool {
        if fetch != nil { return true }
        guard let attempt else { return true }
        let usable = known.map { now - $0.fetched < Self.staleness } ?? false
        return !(0..<(usable ? Self.pause : 1)).contains(now - attempt.moment)
    }

    /// Joins the fetch that is under way, or begins one. The task outlives whoever began it: others wait for it, too.
    private func refresh(_ now: Int64) async {
        let fetch = fetch ?? Task { await self.fetchKeys(now) }
        self.fetch = fetch
        await fetch.value
    }

    private func fetchKeys(_ now: Int64) async {
        switch await Self.fetch(url, within: time, trust) {
        case .success(let found):
            known = Known(keys: found.keys, endpoints: found.endpoints, fetched: now)
            attempt = (now, nil)
        case .failure(let failure):
            attempt = (now, failure)
            logger.warning("\(failure.problem)\(known == nil ? "" : "; the keys that are known go on counting")")
        }
        fetch = nil
    }

    private static func fetch(
        _ url: String, within time: Duration, _ trust: TLSConfiguration?
    ) async -> Result<Discovered, BackendFailure> {
        let deadline = ContinuousClock.now + time
        do throws(BackendFailure) {
            let base = url.hasSuffix("/") ? String(url.dropLast()) : url
            let document = try await json("\(base)/.well-known/openid-configuration", until: deadline, trust)
            guard let issuer = document["issuer"]?.string, issuer.utf8.elementsEqual(url.utf8) else {
                throw BackendFailure(problem: "its discovery document is another issuer's", isOutage: false)
            }
            guard let place = document["jwks_uri"]?.string, WorkloadRule.isTrustworthy(place, asPlainAs: url) else {
                throw BackendFailure(problem: "its jwks_uri is no https address", isOutage: false)
            }
            let offered = NamedKey.keys(of: try await json(place, until: deadline, trust)) ?? []
            let keys = offered.filter { WorkloadToken.algorithms.contains($0.algorithm) }
            if keys.isEmpty { throw BackendFailure(problem: "it offers no key for RS256 or ES256", isOutage: false) }
            return .success((keys, IssuerEndpoints(document, issuer: url)))
        } catch {
            return .failure(
                BackendFailure(
                    problem: "the keys of \(url) cannot be fetched: \(error.problem)", isOutage: error.isOutage))
        }
    }

    private static func json(
        _ url: String, until deadline: ContinuousClock.Instant, _ trust: TLSConfiguration?
    ) async throws(BackendFailure) -> JSONValue {
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .zero else { throw .late }
        let question = BackendHTTP.Question(url: url, headers: [("accept", "application/json")], trust: trust)
        let answer = try await BackendHTTP.exchange(question, within: rest, limit: sizeLimit)
        guard answer.status == 200 else {
            throw BackendFailure(problem: "it answered \(answer.status)", isOutage: answer.status >= 500)
        }
        guard let value = try? JSONReader.read(answer.body) else {
            throw BackendFailure(problem: "its answer is no JSON", isOutage: false)
        }
        return value
    }
}
