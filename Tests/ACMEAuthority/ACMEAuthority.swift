import Crypto
import Foundation
import NIOCore
import X509

/// An authority that follows RFC 8555, for tests: it checks what it is sent as a real one does, looks at challenges by
/// really connecting, and signs.
///
/// Its names resolve to 127.0.0.1, whatever they are. Every problem that it finds is an answer, and stands in `journal`.
package actor ACMEAuthority {
    struct Account {
        var key: SignedRequest.Key
        var contact: [String]
        var status = "valid"
    }

    struct Order {
        var account: Int
        var identifiers: [Identifier]
        var authorizations: [Int]
        var looks: Int
        var chain: String?
        var isInvalid = false
    }

    struct Authorization {
        var account: Int
        var identifier: Identifier
        var status = "pending"
        var challenges: [Challenge]
    }

    struct Challenge {
        var type: String
        var token: String
        var status = "pending"
        var error: AuthorityProblem?
    }

    struct Identifier: Codable, Sendable, Equatable {
        var type: String
        var value: String
    }

    package var options: AuthorityOptions
    /// What was asked and how it ended, in order: `newOrder 201`, `finalize 403 orderNotReady`.
    package private(set) var journal: [String] = []
    let keys: AuthorityKeys
    private var server: AuthorityServer?
    private var nonces: Set<String> = []
    private var held: String?
    private var waiting: CheckedContinuation<Void, Never>?
    private var faults: [String: [AuthorityFault]] = [:]
    var accounts: [Account] = []
    var orders: [Order] = []
    var authorizations: [Authorization] = []

    package init(_ options: AuthorityOptions) throws {
        self.options = options
        keys = try AuthorityKeys()
    }

    /// - Parameter port: 0 for any.
    /// - Returns: the directory's URL.
    @discardableResult
    package func start(port: Int = 0) async throws -> String {
        let server = try await AuthorityServer(keys: keys, port: port) { [weak self] in
            await self?.answer($0) ?? AuthorityAnswer(status: 503)
        }
        self.server = server
        return directory
    }

    package func stop() async {
        try? await server?.close()
    }

    package var port: Int { server?.port ?? 0 }
    package var directory: String { "\(base)/directory" }
    /// PEM: of what its server shows, and of what it issues.
    package var root: String { get throws { try keys.rootPEM } }
    /// PEM: what its server shows as `localhost`.
    package var identity: (chain: String, key: String) { get throws { try keys.serverPEM } }
    package var accountCount: Int { accounts.count }
    package var contacts: [[String]] { accounts.map(\.contact) }
    var base: String { "https://localhost:\(port)" }

    package func change(_ body: (inout AuthorityOptions) -> Void) { body(&options) }

    /// The next requests for a resource (`directory`, `newNonce`, `newAccount`, `newOrder`, `order`, `authz`, `challenge`,
    /// `finalize`, `certificate`) go wrong like this, one after the other.
    package func fail(_ resource: String, _ next: [AuthorityFault]) { faults[resource, default: []] += next }

    package func deactivateAccounts() {
        for index in accounts.indices { accounts[index].status = "deactivated" }
    }

    /// As after a loss of its database.
    package func forgetAccounts() { accounts = [] }

    package func count(_ entry: String) -> Int { journal.count { $0 == entry } }

    /// The next request for a resource is left without an answer until `release`.
    package func hold(_ resource: String) { held = resource }

    /// Whether somebody waits for an answer.
    package private(set) var isHolding = false

    package func release() {
        held = nil
        isHolding = false
        waiting?.resume()
        waiting = nil
    }

    // MARK: Requests

    private func answer(_ request: AuthorityRequest) async -> AuthorityAnswer {
        let parts = request.path.split(separator: "/").map(String.init)
        let resource = parts.count == 3 ? parts[2] : parts.first ?? ""
        if resource == held, waiting == nil {
            isHolding = true
            await withCheckedContinuation { waiting = $0 }
        }
        var answer: AuthorityAnswer
        var note = ""
        do {
            if let fault = take(resource) {
                answer = try await self.answer(fault, request)
            } else {
                answer = try await respond(request, resource, parts)
            }
        } catch let problem as AuthorityProblem {
            answer = .problem(problem)
            note = " " + (problem.type.split(separator: ":").last ?? "")
        } catch {
            answer = .problem(AuthorityProblem("serverInternal", "\(error)", status: 500))
            note = " \(error)"
        }
        journal.append("\(resource) \(answer.isSilence ? "silence" : "\(answer.status)")\(note)")
        if resource != "directory" { answer.headers.append(("Replay-Nonce", newNonce())) }
        return answer
    }

    private func take(_ resource: String) -> AuthorityFault? {
        guard let fault = faults[resource]?.first else { return nil }
        faults[resource]?.removeFirst()
        return fault
    }

    private func answer(_ fault: AuthorityFault, _ request: AuthorityRequest) async throws -> AuthorityAnswer {
        switch fault {
        case .problem(let name, let detail, let status, let retryAfter):
            throw AuthorityProblem(name, detail, status: status, retryAfter: retryAfter)
        case .text(let text, let status): return AuthorityAnswer(status: status, body: Array(text.utf8))
        case .silence: return AuthorityAnswer(isSilence: true)
        }
    }

    private func newNonce() -> String {
        let nonce = Base64.url((0..<16).map { _ in UInt8.random(in: 0...255) })
        nonces.insert(nonce)
        return nonce
    }

    private func respond(
        _ request: AuthorityRequest, _ resource: String, _ parts: [String]
    ) async throws -> AuthorityAnswer {
        guard request.header("user-agent")?.isEmpty == false else {
            throw AuthorityProblem("malformed", "a client says who it is (RFC 8555, 6.1)")
        }
        switch (request.method, resource) {
        case ("GET", "directory"): return directoryAnswer()
        case ("HEAD", "newNonce"), ("GET", "newNonce"):
            return AuthorityAnswer(
                status: request.method == "GET" ? 204 : 200, headers: [("Cache-Control", "no-store")])
        case ("POST", _): break
        default: throw AuthorityProblem("malformed", "not found or not allowed", status: 405)
        }
        let signed = try checked(request)
        if resource == "newAccount" { return try newAccount(signed) }
        let account = try account(signed)
        let number = parts.count > 1 ? Int(parts[1]) : nil
        switch (resource, number) {
        case ("account", let number?): return try update(signed, number, account)
        case ("newOrder", nil): return try newOrder(signed, account)
        case ("order", let number?): return try showOrder(signed, number, account)
        case ("finalize", let number?): return try finalize(signed, number, account)
        case ("authz", let number?): return try showAuthorization(signed, number, account)
        case ("challenge", let number?): return try await validate(signed, number, account)
        case ("certificate", let number?): return try showCertificate(signed, number, account, request)
        default: throw AuthorityProblem("malformed", "no such resource", status: 404)
        }
    }

    private func directoryAnswer() -> AuthorityAnswer {
        struct Meta: Encodable {
            var termsOfService: String?
            var externalAccountRequired: Bool
        }
        struct Directory: Encodable {
            var newNonce, newAccount, newOrder, revokeCert, keyChange: String
            var meta: Meta
        }
        return .json(
            Directory(
                newNonce: "\(base)/newNonce", newAccount: "\(base)/newAccount", newOrder: "\(base)/newOrder",
                revokeCert: "\(base)/revokeCert", keyChange: "\(base)/keyChange",
                meta: Meta(
                    termsOfService: options.terms, externalAccountRequired: !options.externalAccounts.isEmpty)))
    }

    /// The JWS of a request, its nonce used up, its URL this one.
    private func checked(_ request: AuthorityRequest) throws -> SignedRequest {
        guard request.header("content-type") == "application/jose+json" else {
            throw AuthorityProblem("malformed", "not application/jose+json", status: 415)
        }
        let signed = try SignedRequest(request.body)
        guard let nonce = signed.header.nonce, nonces.remove(nonce) != nil else {
            throw AuthorityProblem("badNonce", "the nonce is unknown or used")
        }
        guard signed.header.url == base + request.path else {
            throw AuthorityProblem("unauthorized", "the URL that is signed is another one", status: 401)
        }
        guard (signed.header.jwk == nil) != (signed.header.kid == nil) else {
            throw AuthorityProblem("malformed", "exactly one of jwk and kid")
        }
        return signed
    }

    private func account(_ signed: SignedRequest) throws -> Int {
        guard let kid = signed.header.kid else { throw AuthorityProblem("malformed", "needs kid") }
        guard kid.hasPrefix("\(base)/account/"), let number = Int(kid.dropFirst("\(base)/account/".count)),
            accounts.indices.contains(number)
        else { throw AuthorityProblem("accountDoesNotExist", "no such account") }
        try signed.checkSignature(try accounts[number].key.publicKey())
        guard accounts[number].status == "valid" else {
            throw AuthorityProblem("unauthorized", "the account is \(accounts[number].status)", status: 401)
        }
        return number
    }
}
