import Crypto
import Foundation

// Source: RFC 8555, 7.3.

extension ACMEAuthority {
    private struct NewAccount: Decodable {
        var termsOfServiceAgreed: Bool?
        var contact: [String]?
        var externalAccountBinding: SignedRequest.Flattened?
    }

    private struct Shown: Encodable {
        var status: String
        var contact: [String]
        var orders: String
    }

    func newAccount(_ signed: SignedRequest) throws -> AuthorityAnswer {
        guard let key = signed.header.jwk else { throw AuthorityProblem("malformed", "needs jwk") }
        try signed.checkSignature(try key.publicKey())
        let wanted = try signed.read(NewAccount.self)
        if let number = accounts.firstIndex(where: { $0.key == key }) {
            guard accounts[number].status == "valid" else {
                throw AuthorityProblem(
                    "unauthorized", "An account with the provided public key exists but is \(accounts[number].status)",
                    status: 403)
            }
            return shown(number, status: 200)
        }
        if options.terms != nil, wanted.termsOfServiceAgreed != true {
            throw AuthorityProblem("userActionRequired", "the terms are not agreed to", status: 403)
        }
        for contact in wanted.contact ?? [] where !contact.hasPrefix("mailto:") {
            throw AuthorityProblem("unsupportedContact", contact)
        }
        try checkBinding(wanted.externalAccountBinding, key)
        accounts.append(Account(key: key, contact: wanted.contact ?? []))
        return shown(accounts.count - 1, status: 201)
    }

    private func checkBinding(_ binding: SignedRequest.Flattened?, _ key: SignedRequest.Key) throws {
        guard !options.externalAccounts.isEmpty else { return }
        guard let binding else {
            throw AuthorityProblem("externalAccountRequired", "needs an external account", status: 403)
        }
        let inner = try SignedRequest(binding)
        guard let kid = inner.header.kid, let secret = options.externalAccounts[kid] else {
            throw AuthorityProblem("unauthorized", "no such external account", status: 401)
        }
        try inner.checkCode(secret)
        guard inner.header.url == "\(base)/newAccount", try inner.read(SignedRequest.Key.self) == key else {
            throw AuthorityProblem("malformed", "the binding is for another key or URL")
        }
    }

    func update(_ signed: SignedRequest, _ number: Int, _ account: Int) throws -> AuthorityAnswer {
        guard number == account else { throw AuthorityProblem("unauthorized", "another's account", status: 401) }
        if !signed.isPostAsGet {
            let wanted = try signed.read(NewAccount.self)
            accounts[number].contact = wanted.contact ?? accounts[number].contact
        }
        return shown(number, status: 200)
    }

    private func shown(_ number: Int, status: Int) -> AuthorityAnswer {
        let account = accounts[number]
        return .json(
            Shown(status: account.status, contact: account.contact, orders: "\(base)/orders/\(number)"), status: status,
            headers: [("Location", "\(base)/account/\(number)")])
    }
}
