import BundleConfig
import HTTPService
import HTTPTypes
import RegistryModel
import RegistryToken

/// Lets a request pass or challenges it.
/// - Source: distribution's token authentication specification.
struct AccessGate: Sendable {
    private struct TokenGate: Sendable {
        var realm: String
        var service: String
        var verifier: TokenVerifier
    }

    /// Nil when everybody may do everything.
    private let token: TokenGate?

    /// - Throws: when the certificates cannot be used.
    init(_ access: RegistryConfiguration.Access) throws(ConfigurationError) {
        switch access {
        case .none: token = nil
        case .token(let access):
            do throws(TokenKeyError) {
                token = TokenGate(
                    realm: access.realm, service: access.service,
                    verifier: try TokenVerifier(
                        certificates: access.pem, issuer: access.issuer, service: access.service))
            } catch {
                throw ConfigurationError(
                    key: "auth.token.rootcertbundle", problem: "\(access.certificates): \(error.problem)",
                    remedy: error.remedy.prefix(1).uppercased() + error.remedy.dropFirst())
            }
        }
    }

    /// - Parameter scopes: what the request needs, all of it.
    /// - Throws: 401 with a challenge for these scopes.
    func admit(_ headers: HTTPFields, needs scopes: [Scope]) async throws(OCIError) -> Caller {
        guard let token else { return .anonymous }
        let credentials = headers[values: .authorization]
        guard credentials.count <= 1 else {
            throw OCIError(
                .unauthorized, message: "the request has several Authorization headers: send one", status: .badRequest)
        }
        guard let bearer = credentials.first.flatMap(Self.bearer) else {
            throw challenge(token, .unauthorized, scopes, error: nil, message: nil)
        }
        let verified: VerifiedToken
        do throws(TokenRefusal) {
            verified = try await token.verifier.verify(bearer)
        } catch {
            throw challenge(token, .unauthorized, scopes, error: "invalid_token", message: "the \(error)")
        }
        let missing = scopes.filter { scope in
            !scope.actions.allSatisfy { verified.allows($0, type: scope.type, name: scope.name) }
        }
        guard missing.isEmpty else {
            let sentence = AccessSentence(user: verified.subject, access: verified.access)
            throw challenge(
                token, .denied, scopes, error: "insufficient_scope",
                message: missing.map(sentence.refusing).joined(separator: "; "))
        }
        return Caller(name: verified.subject)
    }

    private func challenge(
        _ token: TokenGate, _ code: ErrorCode, _ scopes: [Scope], error: String?, message: String?
    ) -> OCIError {
        var value = "Bearer realm=\"\(token.realm)\",service=\"\(token.service)\""
        if !scopes.isEmpty { value += ",scope=\"\(scopes.map(\.description).joined(separator: " "))\"" }
        if let error { value += ",error=\"\(error)\"" }
        // Docker prints this description, and the body's message only where there is none.
        if error != nil, let message { value += ",error_description=\"\(Self.quotable(message))\"" }
        return OCIError(
            code, message: message,
            detail: scopes.isEmpty ? [:] : ["scope": scopes.map(\.description).joined(separator: " ")],
            status: .unauthorized, headers: [.wwwAuthenticate: value])
    }

    /// The text as an `error_description` may hold it.
    /// - Source: RFC 6750, section 3: printable ASCII without quotes and backslashes.
    private static func quotable(_ text: String) -> String {
        String(text.map { $0.isASCII && $0 >= " " && $0 != "\"" && $0 != "\\" ? $0 : "'" })
    }

    /// The token of a bearer credential; nil for other schemes, which are answered like none.
    private static func bearer(_ value: String) -> String? {
        let parts = value.split(separator: Character(" "), maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
