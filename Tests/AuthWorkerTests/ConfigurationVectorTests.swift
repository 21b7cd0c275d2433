import BundleConfig
import Foundation
import RegistryToken
import Testing

@testable import AuthWorker

/// Out of scope: every case of a back-end that this version refuses (mongo, casbin). They must be
/// refused, unless the key is null and so not in use.
@Suite("A configuration file, against docker_auth's reading")
struct ConfigurationVectorTests {
    /// Accepted there, refused here, each for a reason of safety.
    private static let safer: [String: String] = [
        "dup-top": "acl stands twice: one of the two lists would silently be gone",
        "xorm-empty": "names no database: docker_auth ends right after reading it",
        "ldap-empty": "names no server: docker_auth answers every sign-in with 500",
        "ldap-labels": "has no base and no filter, and a label without an attribute",
        "acl-no-actions": "a rule without actions crashes docker_auth when it matches",
    ]

    @Test("is accepted or refused alike")
    func files() throws {
        for vector in try Vectors.read("config_validation.jsonl") {
            let id = vector.text("id")
            let text = TestKeys.adapted(vector.text("config")).replacing(
                "./gen/secret.txt", with: "\(TestKeys.folder)/empty.txt")
            let settings = Result { try AuthSettings(try .parse(text, file: "auth.yml")) }
            var isRefused = vector["error"] != .null
            if let root = try? ConfigurationNodeKeys.inUse(text), !root.isDisjoint(with: Self.backends) {
                isRefused = true
            }
            if Self.safer[id] != nil { isRefused = true }
            switch settings {
            case .success(let settings):
                #expect(!isRefused, "\(id) is accepted")
                #expect(settings.users.count == vector["effective"]?["users"]?.integer.map(Int.init) ?? -1, "\(id)")
                #expect(settings.accessList.rules.count == vector["effective"]?["acl"]?.integer.map(Int.init) ?? -1)
                #expect(settings.token.lifetime == vector["effective"]?["expiration"]?.integer, "\(id)")
            case .failure(let error):
                #expect(isRefused, "\(id) is refused: \(error)")
            }
        }
    }

    private static let backends: Set<String> = [
        "mongo_auth", "acl_mongo", "casbin_authz",
    ]
}
