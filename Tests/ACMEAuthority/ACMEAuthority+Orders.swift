import Crypto
import Foundation
import SwiftASN1
import X509

// Source: RFC 8555, 7.1.6, 7.4, 7.5.

extension ACMEAuthority {
    private struct NewOrder: Decodable { var identifiers: [Identifier] }
    private struct Finalize: Decodable { var csr: String }

    private struct ShownOrder: Encodable {
        var status: String
        var identifiers: [Identifier]
        var authorizations: [String]
        var finalize: String
        var certificate: String?
        var error: AuthorityProblem?
    }

    private struct ShownChallenge: Encodable {
        var type, url, status, token: String
        var error: AuthorityProblem?
    }

    private struct ShownAuthorization: Encodable {
        var identifier: Identifier
        var status: String
        var expires: String
        var challenges: [ShownChallenge]
    }

    func newOrder(_ signed: SignedRequest, _ account: Int) throws -> AuthorityAnswer {
        let wanted = try signed.read(NewOrder.self)
        guard !wanted.identifiers.isEmpty else { throw AuthorityProblem("malformed", "names nothing") }
        for identifier in wanted.identifiers {
            guard ["dns", "ip"].contains(identifier.type) else {
                throw AuthorityProblem("unsupportedIdentifier", identifier.type)
            }
            guard !identifier.value.hasPrefix("*"), identifier.value == identifier.value.lowercased() else {
                throw AuthorityProblem("rejectedIdentifier", identifier.value)
            }
        }
        let numbers = wanted.identifiers.map { identifier in
            let challenges = options.challenges.map { type in
                Challenge(type: type, token: Base64.url((0..<32).map { _ in UInt8.random(in: 0...255) }))
            }
            authorizations.append(Authorization(account: account, identifier: identifier, challenges: challenges))
            return authorizations.count - 1
        }
        orders.append(
            Order(account: account, identifiers: wanted.identifiers, authorizations: numbers, looks: options.looks))
        return shown(orders.count - 1, status: 201)
    }

    func showOrder(_ signed: SignedRequest, _ number: Int, _ account: Int) throws -> AuthorityAnswer {
        try checkOwner(orders.indices.contains(number) ? orders[number].account : nil, signed, account)
        if orders[number].chain != nil, orders[number].looks > 0 { orders[number].looks -= 1 }
        return shown(number, status: 200)
    }

    private func status(_ order: Order) -> String {
        let states = order.authorizations.map { authorizations[$0].status }
        if order.isInvalid || states.contains("invalid") { return "invalid" }
        if order.chain != nil { return order.looks > 0 ? "processing" : "valid" }
        return states.allSatisfy { $0 == "valid" } ? "ready" : "pending"
    }

    private func shown(_ number: Int, status code: Int) -> AuthorityAnswer {
        let order = orders[number]
        let status = status(order)
        var headers = [("Location", "\(base)/order/\(number)")]
        if status == "processing" { headers.append(("Retry-After", "2")) }
        return .json(
            ShownOrder(
                status: status, identifiers: order.identifiers,
                authorizations: order.authorizations.map { "\(base)/authz/\($0)" },
                finalize: "\(base)/order/\(number)/finalize",
                certificate: status == "valid" ? "\(base)/certificate/\(number)" : nil,
                error: order.isInvalid ? AuthorityProblem("serverInternal", "the order failed", status: 500) : nil),
            status: code, headers: headers)
    }

    /// Nobody sees what is another's, and nothing is read but by POST-as-GET.
    private func checkOwner(_ owner: Int?, _ signed: SignedRequest, _ account: Int, reading: Bool = true) throws {
        guard let owner else { throw AuthorityProblem("malformed", "no such resource", status: 404) }
        guard owner == account else { throw AuthorityProblem("unauthorized", "another's resource", status: 401) }
        guard !reading || signed.isPostAsGet else {
            throw AuthorityProblem("malformed", "a resource is read with an empty payload (RFC 8555, 6.3)")
        }
    }

    // MARK: Authorizations

    func showAuthorization(_ signed: SignedRequest, _ number: Int, _ account: Int) throws -> AuthorityAnswer {
        try checkOwner(authorizations.indices.contains(number) ? authorizations[number].account : nil, signed, account)
        let authorization = authorizations[number]
        return .json(
            ShownAuthorization(
                identifier: authorization.identifier, status: authorization.status, expires: "2099-01-01T00:00:00Z",
                challenges: authorization.challenges.indices.map { shown(number, $0) }))
    }

    private func shown(_ authorization: Int, _ challenge: Int) -> ShownChallenge {
        let shown = authorizations[authorization].challenges[challenge]
        return ShownChallenge(
            type: shown.type, url: "\(base)/challenge/\(authorization * 10 + challenge)", status: shown.status,
            token: shown.token, error: shown.error)
    }

    /// Looks at once, so that the answer already says how it went.
    func validate(_ signed: SignedRequest, _ number: Int, _ account: Int) async throws -> AuthorityAnswer {
        let (authorization, index) = number.quotientAndRemainder(dividingBy: 10)
        let isThere =
            authorizations.indices.contains(authorization)
            && authorizations[authorization].challenges.indices.contains(index)
        try checkOwner(isThere ? authorizations[authorization].account : nil, signed, account, reading: false)
        guard signed.payload == Data("{}".utf8) else {
            throw AuthorityProblem("malformed", "a challenge is answered with {} (RFC 8555, 7.5.1)")
        }
        let challenge = authorizations[authorization].challenges[index]
        if authorizations[authorization].status == "pending" {
            let name = authorizations[authorization].identifier.value
            let expected = "\(challenge.token).\(accounts[account].key.thumbprint)"
            do {
                let probe = ChallengeProbe(name: name, token: challenge.token, expected: expected)
                switch challenge.type {
                case "http-01": try await probe.askHTTP(port: options.httpPort)
                case "tls-alpn-01": try await probe.askTLS(port: options.tlsPort)
                default: throw AuthorityProblem("malformed", "a challenge that nobody can meet")
                }
                settle(authorization, index, error: nil)
            } catch let problem as AuthorityProblem {
                settle(authorization, index, error: problem)
            } catch {
                settle(authorization, index, error: AuthorityProblem("connection", "\(name): \(error)"))
            }
        }
        return .json(
            shown(authorization, index), headers: [("Link", "<\(base)/authz/\(authorization)>;rel=\"up\"")])
    }

    private func settle(_ authorization: Int, _ challenge: Int, error: AuthorityProblem?) {
        let status = error == nil ? "valid" : "invalid"
        authorizations[authorization].status = status
        authorizations[authorization].challenges[challenge].status = status
        authorizations[authorization].challenges[challenge].error = error
    }

    // MARK: Certificates

    func finalize(_ signed: SignedRequest, _ number: Int, _ account: Int) throws -> AuthorityAnswer {
        try checkOwner(
            orders.indices.contains(number) ? orders[number].account : nil, signed, account, reading: false)
        guard status(orders[number]) == "ready" else {
            throw AuthorityProblem("orderNotReady", "the order is \(status(orders[number]))", status: 403)
        }
        let (key, names) = try checkedRequest(try signed.read(Finalize.self).csr, orders[number], account)
        let from = Date() - Double(options.age)
        orders[number].chain = try keys.issue(names: names, key, from: from, life: Double(options.life))
        if let end = options.crossEnd { orders[number].chain?.append(try keys.crossSigned(end: Date() + Double(end))) }
        return shown(number, status: 200)
    }

    /// The key and names of a request that is signed by that key and names what was ordered.
    private func checkedRequest(
        _ text: String, _ order: Order, _ account: Int
    ) throws -> (key: Certificate.PublicKey, names: [GeneralName]) {
        guard let bytes = Base64.bytes(text), let request = try? CertificateSigningRequest(derEncoded: bytes) else {
            throw AuthorityProblem("badCSR", "it cannot be read")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw AuthorityProblem("badCSR", "it is not signed by its key")
        }
        let attribute = request.attributes.compactMap { try? ExtensionRequest($0) }.first
        let names = (try? attribute?.extensions.subjectAlternativeNames).flatMap(\.self).map { Array($0) } ?? []
        let shown = names.map { name in
            switch name {
            case .dnsName(let host): Identifier(type: "dns", value: host)
            case .ipAddress(let bytes):
                Identifier(type: "ip", value: bytes.bytes.map(String.init).joined(separator: "."))
            default: Identifier(type: "other", value: "\(name)")
            }
        }
        guard shown.count == order.identifiers.count, shown.allSatisfy(order.identifiers.contains) else {
            throw AuthorityProblem("badCSR", "it names \(shown.map(\.value)), and not what was ordered")
        }
        guard request.publicKey != Certificate.PublicKey(try accounts[account].key.publicKey()) else {
            throw AuthorityProblem("badCSR", "it is for the account's own key")
        }
        return (request.publicKey, names)
    }

    func showCertificate(
        _ signed: SignedRequest, _ number: Int, _ account: Int, _ request: AuthorityRequest
    ) throws -> AuthorityAnswer {
        try checkOwner(orders.indices.contains(number) ? orders[number].account : nil, signed, account)
        guard let chain = orders[number].chain, status(orders[number]) == "valid" else {
            throw AuthorityProblem("malformed", "there is none", status: 404)
        }
        guard request.header("accept") == "application/pem-certificate-chain" else {
            throw AuthorityProblem("malformed", "only PEM is given", status: 406)
        }
        return AuthorityAnswer(
            headers: [("Content-Type", "application/pem-certificate-chain")], body: Array(chain.utf8))
    }
}
