import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

/// A service with one provider, its embedded database, and browsers.
struct BrowserFixture {
    let folder: BackendFolder
    let provider: FakeProvider
    let database: AuthDatabase
    let service: AuthService
    static let pool = PasswordPool(threads: 2)

    static let users =
        #"users: {test: {password: "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"}, "": {}}"#
    static let acl =
        #"acl: [{match: {name: "${labels:groups}/*"}, actions: ["*"]}, {match: {name: "${labels:teams}/*"}, actions: ["*"]}, {match: {account: "/.+/"}, actions: [pull]}]"#

    /// - Parameter section: of the provider's address.
    init(_ section: (String) -> String = { BrowserFixture.openID($0) }) async throws {
        folder = try BackendFolder()
        provider = try await FakeProvider()
        database = try AuthDatabase(path: "\(folder.path)/auth.sqlite")
        service = try Self.service(section(provider.url), database)
    }

    static func service(_ section: String, _ database: AuthDatabase?) throws -> AuthService {
        AuthService(
            try BackendFolder.settings("\(users)\n\(acl)\n\(section)"), pool: pool, database: database,
            logger: Logger(label: "test"))
    }

    static func openID(_ url: String, more: String = "level_token_db: {path: /var/tmp/x, token_hash_cost: 4}") -> String
    {
        """
        oidc_auth: {issuer: "\(url)", redirect_url: "https://reg.example.com/oidc_auth", client_id: CID, \
        client_secret: "S&+ecret", labels_claims: [groups, role, missing], registry_url: reg.example.com, \(more)}
        """
    }

    static func forge(_ name: String, _ url: String) -> String {
        """
        \(name)_auth: {client_id: CID, client_secret: "S&+ecret", organization: acme, \(name)_web_uri: "\(url)", \
        \(name)_api_uri: "\(url)/api", revalidate_after: 1s, level_token_db: {path: /var/tmp/x, token_hash_cost: 4}}
        """
    }

    var browser: Browser { Browser(service, provider) }

    /// Asks for a token with a password, as docker does.
    func token(_ account: String, _ password: String, scope: String? = nil) async -> OutgoingAnswer {
        await Self.token(service, account, password, scope: scope)
    }

    static func token(
        _ service: AuthService, _ account: String, _ password: String, scope: String? = nil
    ) async -> OutgoingAnswer {
        let pair = Base64.text(Array("\(account):\(password)".utf8), as: .standard)
        return await service.answer(
            IncomingRequest(
                method: "GET", target: "/auth?service=s&offline_token=true" + (scope.map { "&scope=\($0)" } ?? ""),
                headers: [.authorization: "Basic \(pair)"]), logger: Logger(label: "test"))
    }

    /// What a token allows.
    static func actions(_ answer: OutgoingAnswer) throws -> [[String]] {
        let token = try JSONReader.read(answer.body).text("token").split(separator: ".").map { Array($0.utf8) }
        let claims = try JSONReader.read(try #require(Base64.bytes(of: token[1], as: .url)))
        return (claims["access"]?.array ?? []).map { $0["actions"]?.strings ?? [] }
    }

    /// Lets the time of an account's sign-in be over.
    func expire(_ account: String, _ backend: String = "oidc_auth") async throws {
        let store = EmbeddedSignInStore(queue: database.queue, backend: backend)
        var record = try #require(try await store.record(of: account))
        record.validUntil = 1
        try await store.keep(record, of: account)
    }
}
