import BundleConfig
import HTTPService
import HTTPTypes
import Logging
import RegistryModel

/// Basic authentication by an htpasswd file: whoever is in it may do everything.
final class HtpasswdGate: Sendable {
    /// Between two looks at the file.
    static let pause = HtpasswdFile.pause
    /// One for the process: its threads never end.
    private static let threads = PasswordPool()

    private let realm: String
    private let file: HtpasswdFile

    init(_ access: RegistryConfiguration.HtpasswdAccess, pool: PasswordPool? = nil) throws(ConfigurationError) {
        realm = access.realm
        file = try HtpasswdFile(
            access.path, key: "auth.htpasswd.path", pool: pool ?? Self.threads, logger: Logger(label: "registry"))
    }

    /// - Throws: 401 with a Basic challenge; 503 when too many passwords wait to be compared.
    func admit(_ header: String?, at now: ContinuousClock.Instant = .now) async throws(OCIError) -> Caller {
        guard let credentials = BasicCredentials(header) else {
            await file.refresh(at: now)
            throw challenge(nil)
        }
        switch await file.verify(credentials.user, password: credentials.password, at: now) {
        case .right: return Caller(name: credentials.user, grants: nil)
        case .wrong, .unknown: throw challenge("the user or the password is wrong")
        case .busy: throw OCIError(.unavailable, message: "too many sign-ins at once: try again in a moment")
        }
    }

    private func challenge(_ message: String?) -> OCIError {
        OCIError(
            .unauthorized, message: message, status: .unauthorized,
            headers: [.wwwAuthenticate: "Basic realm=\"\(realm)\""])
    }
}
