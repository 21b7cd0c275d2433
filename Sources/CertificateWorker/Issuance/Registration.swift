import BundleConfig
import FoundationEssentials
import TextFormats

/// The account with the authority: found by its key, or made.
struct Registration {
    /// What has become of the account.
    enum Outcome: Equatable {
        /// It is there; `isNew` when this has made it.
        case account(isNew: Bool)
        /// It has been deactivated: this key is of no more use, another one is.
        case deactivated
    }

    let configuration: ACMEConfiguration
    let client: ACMEClient

    /// Makes the client speak for the account.
    /// - Source: RFC 8555, 7.3 (a key that is known gives the account that is there).
    func register() async throws(ACMEFailure) -> Outcome {
        let directory = try await client.directory()
        if let terms = directory.meta?.termsOfService, !configuration.acceptsTerms { throw .terms(terms) }
        if directory.meta?.externalAccountRequired == true, configuration.externalAccount == nil {
            throw .externalAccountRequired
        }
        let response: ACMEResponse
        do throws(ACMEFailure) {
            response = try await client.post(
                directory.newAccount, payload(directory, key: client.key), unknown: true)
        } catch {
            guard Self.isDeactivated(error) else { throw error }
            return .deactivated
        }
        guard let url = response.header("location") else { throw .nonsense("an account without its URL") }
        try ACMEClient.check(url)
        let account: ACMEAccount = try ACMEClient.decoded(response, "the account")
        switch account.status {
        case "deactivated": return .deactivated
        case "revoked": throw .accountRevoked
        default: break
        }
        await client.use(account: url)
        try await update(account, url)
        return .account(isNew: response.status == 201)
    }

    private func payload(_ directory: ACMEDirectory, key: AccountKey) -> String {
        var members: [String] = []
        if configuration.acceptsTerms { members.append(#""termsOfServiceAgreed":true"#) }
        if !contact.isEmpty { members.append(#""contact":\#(contactList)"#) }
        if let account = configuration.externalAccount {
            members.append(#""externalAccountBinding":\#(key.bound(to: account, url: directory.newAccount))"#)
        }
        return "{\(members.joined(separator: ","))}"
    }

    private var contact: [String] { configuration.email.map { ["mailto:\($0)"] } ?? [] }
    private var contactList: String { "[\(contact.map(JSONString.quoted).joined(separator: ","))]" }

    /// Tells the authority of another address. One that tells nothing of contacts keeps none.
    private func update(_ account: ACMEAccount, _ url: String) async throws(ACMEFailure) {
        guard let present = account.contact, present != contact, !(present.isEmpty && contact.isEmpty) else { return }
        _ = try await client.post(url, #"{"contact":\#(contactList)}"#)
    }

    /// An account that was deactivated is told of as `unauthorized`; what for, only in words.
    private static func isDeactivated(_ failure: ACMEFailure) -> Bool {
        guard case .refused(let problem, _) = failure, problem.name == "unauthorized" else { return false }
        return problem.detail?.lowercased().contains("deactivated") == true
    }
}
