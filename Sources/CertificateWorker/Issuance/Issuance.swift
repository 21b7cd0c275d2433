import BundleConfig
import NIOPosix
import TextFormats

/// One order, from its beginning to the chain of certificates.
/// - Source: RFC 8555, 7.1.6 (states), 7.4 (orders), 7.5 (authorizations).
struct Issuance {
    /// How long the authority may take to look at the challenges, and to sign.
    private static let patience = 300
    /// Between two looks, in seconds, where the authority says nothing of it: doubled each time, up to ten.
    private static let firstPause = 1
    private static let longestPause = 10

    let configuration: ACMEConfiguration
    let client: ACMEClient
    let clock: any WorkerClock
    /// For what blocks.
    let threads: NIOThreadPool

    /// Places an order and shows the authority that its names are ours.
    /// - Returns: the order's URL; nothing is signed yet.
    func begin() async throws(ACMEFailure) -> String {
        let directory = try await client.directory()
        let response = try await client.post(directory.newOrder, newOrder)
        guard let url = response.header("location") else { throw .nonsense("an order without its URL") }
        let order: ACMEOrder = try ACMEClient.decoded(response, "the order")
        if order.status == .pending { try await prove(order) }
        return url
    }

    /// Has an order signed that is proven, or goes on where that was left off.
    /// - Parameter key: the certificate's, PEM.
    /// - Returns: the chain as the authority gave it, PEM.
    func chain(of url: String, for key: Secret) async throws(ACMEFailure) -> String {
        var order = try await settle(url, leaving: [.pending], what: "the order")
        if order.status == .ready {
            let request = try self.request(key)
            order = try ACMEClient.decoded(
                try await client.post(order.finalize, #"{"csr":"\#(Base64URL.text(request))"}"#), "the order")
        }
        if order.status != .valid {
            order = try await settle(url, leaving: [.pending, .ready, .processing], what: "the certificate")
        }
        guard let certificate = order.certificate else { throw .nonsense("a valid order without a certificate") }
        return try await download(certificate)
    }

    private func download(_ url: String) async throws(ACMEFailure) -> String {
        var body: [UInt8] = []
        try await poll("the download of the certificate") { () throws(ACMEFailure) in
            body = try await client.get(url, accept: "application/pem-certificate-chain").body
            return nil
        }
        guard let chain = String(validating: body, as: UTF8.self) else {
            throw .nonsense("a certificate that is not PEM")
        }
        return chain
    }

    private var newOrder: String {
        let identifiers = configuration.domains.map { name in
            let type = AddressRange.bytes(of: name) == nil ? "dns" : "ip"
            return #"{"type":"\#(type)","value":\#(JSONString.quoted(name))}"#
        }
        return #"{"identifiers":[\#(identifiers.joined(separator: ","))]}"#
    }

    private func request(_ key: Secret) throws(ACMEFailure) -> [UInt8] {
        do {
            return try CertificateRequest.der(names: configuration.domains, key: key.reveal())
        } catch {
            throw .file(
                problem: "a request for a certificate cannot be made with the key", remedy: "Report this as a fault")
        }
    }

    // MARK: Authorizations

    /// Shows the authority that all names are ours. What the proxy answers with is gone when this returns.
    private func prove(_ order: ACMEOrder) async throws(ACMEFailure) {
        var files: [String] = []
        let failure: ACMEFailure?
        do throws(ACMEFailure) {
            var open: [(url: String, name: String, challenge: ACMEChallenge)] = []
            for url in order.authorizations {
                let authorization = try await authorization(url)
                guard authorization.status != .valid else { continue }
                let (name, challenge) = try chosen(authorization)
                files.append(try await answer(challenge, name: name))
                open.append((url, name, challenge))
            }
            for (_, _, challenge) in open { _ = try await client.post(challenge.url, "{}") }
            for (url, name, _) in open { try await awaitProof(url, name) }
            failure = nil
        } catch {
            failure = error
        }
        // Not on the pool: nothing of it blocks for long, and it must be done even when this task is cancelled.
        ChallengeAnswers(folder: configuration.folders.challenges).takeAway(files)
        if let failure { throw failure }
    }

    private func authorization(_ url: String) async throws(ACMEFailure) -> ACMEAuthorization {
        try ACMEClient.decoded(try await client.get(url), "an authorization")
    }

    /// The challenge that is configured; the authority's others are left alone.
    private func chosen(
        _ authorization: ACMEAuthorization
    ) throws(ACMEFailure) -> (name: String, challenge: ACMEChallenge) {
        let name = authorization.identifier.value.lowercased()
        guard configuration.domains.contains(name) else { throw .nonsense("an authorization for another name") }
        guard authorization.status == .pending else {
            throw .unproven(name: name, authorization.challenges.lazy.compactMap(\.error).first)
        }
        let wanted = configuration.challenge.rawValue
        guard let challenge = authorization.challenges.first(where: { $0.type == wanted }) else {
            throw .lacksChallenge(wanted, name: name, offered: authorization.challenges.map(\.type))
        }
        guard challenge.hasSoundToken else { throw .nonsense("a token that is not base64url") }
        return (name, challenge)
    }

    /// - Returns: the file that the proxy answers with.
    private func answer(_ challenge: ACMEChallenge, name: String) async throws(ACMEFailure) -> String {
        let answers = ChallengeAnswers(folder: configuration.folders.challenges)
        let authorization = client.key.authorization(for: challenge.token ?? "")
        let (kind, now) = (configuration.challenge, clock.now)
        return try await threads.run { () throws(ACMEFailure) in
            try answers.give(
                kind, name: name, token: challenge.token ?? "", authorization: authorization, now: now)
        }
    }

    private func awaitProof(_ url: String, _ name: String) async throws(ACMEFailure) {
        let wanted = configuration.challenge.rawValue
        try await poll("the check of \(name)") { () throws(ACMEFailure) in
            let response = try await client.get(url)
            let authorization: ACMEAuthorization = try ACMEClient.decoded(response, "an authorization")
            switch authorization.status {
            case .valid: return nil
            case .pending: return response
            case .invalid, .deactivated, .expired, .revoked:
                let own = authorization.challenges.first { $0.type == wanted }
                throw .unproven(
                    name: name, own?.error ?? authorization.challenges.lazy.compactMap(\.error).first)
            }
        }
    }

    // MARK: Waiting

    /// Looks at the order until it is none of these any more.
    private func settle(
        _ url: String, leaving: Set<ACMEOrder.Status>, what: String
    ) async throws(ACMEFailure) -> ACMEOrder {
        var seen: ACMEOrder?
        try await poll(what) { () throws(ACMEFailure) in
            let response = try await client.get(url)
            let order: ACMEOrder = try ACMEClient.decoded(response, "the order")
            seen = order
            return leaving.contains(order.status) ? response : nil
        }
        guard let order = seen, order.status != .invalid else { throw .invalid(seen?.error) }
        return order
    }

    /// Looks until something is decided. That a look fails on the way there decides nothing.
    /// - Parameter look: the answer that says to look again, whose Retry-After counts; nil at the end.
    private func poll(
        _ what: String, _ look: () async throws(ACMEFailure) -> ACMEResponse?
    ) async throws(ACMEFailure) {
        var pause = Self.firstPause
        let end = clock.now + Self.patience
        while true {
            let asked: Int?
            do throws(ACMEFailure) {
                guard let response = try await look() else { return }
                guard clock.now < end else { throw .late(what) }
                asked = RetryAfter.seconds(response.header("retry-after"), now: clock.now)
            } catch {
                guard error.isHiccup, clock.now < end, (error.retryAfter ?? 0) <= Self.patience else { throw error }
                asked = error.retryAfter
            }
            do {
                try await clock.sleep(for: .seconds(min(max(asked ?? pause, 1), Self.patience)))
            } catch {
                throw .unreachable("the attempt was given up")
            }
            pause = min(2 * pause, Self.longestPause)
        }
    }
}

extension NIOThreadPool {
    /// Runs what blocks.
    /// - Throws: what the body throws.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws(ACMEFailure) -> Result
    ) async throws(ACMEFailure) -> Result {
        do {
            return try await runIfActive { try body() }
        } catch let failure as ACMEFailure {
            throw failure
        } catch {
            throw .file(problem: "the work on files was given up", remedy: "It is tried again")
        }
    }
}
