import FoundationEssentials

/// Speaks ACME with one authority, for one account key.
///
/// - Every request but those for the directory and a nonce is signed; a nonce is used once, and one that the authority does
///   not take (`badNonce`) is replaced by the one it sends along.
/// - Source: RFC 8555, 6.
actor ACMEClient {
    /// How often a request is signed anew for another nonce.
    private static let attempts = 5
    /// More of an answer than any resource needs.
    private static let longestURL = 2_048

    private let transport: any ACMETransport
    private let directoryURL: String
    private let now: @Sendable () -> Int
    let key: AccountKey
    private var known: ACMEDirectory?
    private var nonces: [String] = []
    /// The account's URL, once it is known.
    private var account: String?

    /// - Parameter now: seconds since 1970.
    init(
        directory: String, key: AccountKey, transport: any ACMETransport, now: @escaping @Sendable () -> Int
    ) {
        directoryURL = directory
        self.key = key
        self.transport = transport
        self.now = now
    }

    /// Takes the account that later requests are signed for.
    func use(account url: String) { account = url }

    func directory() async throws(ACMEFailure) -> ACMEDirectory {
        if let known { return known }
        let response = try await transport.exchange(ACMERequest(method: .get, url: directoryURL))
        guard response.isSuccess else { throw failure(response) }
        let directory: ACMEDirectory = try Self.decoded(response, "the directory")
        for url in [directory.newNonce, directory.newAccount, directory.newOrder] { try Self.check(url) }
        known = directory
        return directory
    }

    /// Asks for a resource, as its owner.
    /// - Source: RFC 8555, 6.3 (POST-as-GET).
    func get(_ url: String, accept: String? = nil) async throws(ACMEFailure) -> ACMEResponse {
        try await post(url, "", accept: accept)
    }

    /// - Parameters:
    ///   - payload: JSON.
    ///   - unknown: whether the key signs for itself, as for a new account.
    /// - Throws: `.refused` for everything but a success.
    func post(
        _ url: String, _ payload: String, unknown: Bool = false, accept: String? = nil
    ) async throws(ACMEFailure) -> ACMEResponse {
        try Self.check(url)
        for _ in 1..<Self.attempts {
            let response = try await exchange(url, payload, unknown, accept)
            if response.isSuccess { return response }
            let failure = failure(response)
            guard case .refused(let problem, _) = failure, problem.name == "badNonce" else { throw failure }
            // Others that are kept may be as old.
            nonces = Array(nonces.suffix(1))
        }
        let response = try await exchange(url, payload, unknown, accept)
        guard response.isSuccess else { throw failure(response) }
        return response
    }

    private func exchange(
        _ url: String, _ payload: String, _ unknown: Bool, _ accept: String?
    ) async throws(ACMEFailure) -> ACMEResponse {
        let nonce = try await nonce()
        let signer: AccountKey.Signer = unknown ? .newKey : account.map { .account(url: $0) } ?? .newKey
        let body: [UInt8]
        do {
            body = try key.signed(payload, by: signer, nonce: nonce, url: url)
        } catch {
            throw .file(problem: "the account's key cannot sign", remedy: "Move account.key away for a new one")
        }
        let response = try await transport.exchange(
            ACMERequest(method: .post, url: url, body: body, accept: accept))
        keepNonce(response)
        return response
    }

    private func nonce() async throws(ACMEFailure) -> String {
        if let nonce = nonces.popLast() { return nonce }
        let url = try await directory().newNonce
        let response = try await transport.exchange(ACMERequest(method: .head, url: url))
        guard response.isSuccess else { throw failure(response) }
        keepNonce(response)
        guard let nonce = nonces.popLast() else { throw .nonsense("no nonce where one was asked for") }
        return nonce
    }

    private func keepNonce(_ response: ACMEResponse) {
        guard let nonce = response.header("replay-nonce"), Base64URL.bytes(nonce) != nil, !nonce.isEmpty else { return }
        nonces.append(nonce)
    }

    private func failure(_ response: ACMEResponse) -> ACMEFailure {
        let retryAfter = RetryAfter.seconds(response.header("retry-after"), now: now())
        let problem = try? JSONDecoder().decode(ACMEProblem.self, from: Data(response.body))
        guard var problem, problem.type != nil || problem.detail != nil else {
            return .refused(
                ACMEProblem(type: nil, detail: "status \(response.status)", status: response.status, subproblems: nil),
                retryAfter: retryAfter)
        }
        problem.status = response.status
        return .refused(problem, retryAfter: retryAfter)
    }

    static func decoded<Resource: Decodable>(
        _ response: ACMEResponse, _ what: String
    ) throws(ACMEFailure) -> Resource {
        do {
            return try JSONDecoder().decode(Resource.self, from: Data(response.body))
        } catch {
            throw .nonsense("\(what) is not what RFC 8555 says it is")
        }
    }

    /// An authority leads nobody away from TLS.
    static func check(_ url: String) throws(ACMEFailure) {
        guard url.hasPrefix("https://"), url.utf8.count <= longestURL, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .nonsense("a URL that is not https") }
    }
}
