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
        /// With it the realm is this path of the host that was asked for.
        var redirectPath: String?
        var service: String
        var verifier: TokenVerifier
    }

    private enum Way: Sendable {
        /// Everybody may do everything.
        case open
        case token(TokenGate)
        case htpasswd(HtpasswdGate)
    }

    private let way: Way

    /// - Throws: when the certificates cannot be used.
    init(_ access: RegistryConfiguration.Access) throws(ConfigurationError) {
        switch access {
        case .none: way = .open
        case .htpasswd(let access): way = .htpasswd(try HtpasswdGate(access))
        case .token(let access):
            do throws(TokenKeyError) {
                let verifier = try TokenVerifier(
                    certificates: access.certificates?.text, keySet: access.keySet?.text, issuer: access.issuer,
                    service: access.service,
                    algorithms: access.algorithms ?? TokenAlgorithm.allCases)
                way = .token(
                    TokenGate(
                        realm: access.realm, redirectPath: access.redirectPath, service: access.service,
                        verifier: verifier))
            } catch {
                let isOfKeySet = if case .badKeySet = error { true } else { access.certificates == nil }
                let path = (isOfKeySet ? access.keySet : access.certificates)?.path ?? ""
                throw ConfigurationError(
                    key: "auth.token.\(isOfKeySet ? "jwks" : "rootcertbundle")", problem: "\(path): \(error.problem)",
                    remedy: error.remedy.prefix(1).uppercased() + error.remedy.dropFirst())
            }
        }
    }

    /// - Parameters:
    ///   - scopes: what the request needs, all of it.
    ///   - origin: scheme and host that the client asked, for a realm that is made of it.
    /// - Throws: 401 with a challenge for these scopes.
    func admit(
        _ headers: HTTPFields, needs scopes: [Scope], origin: @autoclosure () -> String? = nil
    ) async throws(OCIError) -> Caller {
        if case .open = way { return Caller(name: "", grants: nil) }
        let credentials = headers[values: .authorization]
        guard credentials.count <= 1 else {
            throw OCIError(
                .unauthorized, message: "the request has several Authorization headers: send one", status: .badRequest)
        }
        switch way {
        case .open: return Caller(name: "", grants: nil)
        case .htpasswd(let gate): return try await gate.admit(credentials.first)
        case .token(var token):
            if let path = token.redirectPath { token.realm = (origin() ?? "") + path }
            return try await admit(credentials, needs: scopes, token)
        }
    }

    private func admit(
        _ credentials: [String], needs scopes: [Scope], _ token: TokenGate
    ) async throws(OCIError) -> Caller {
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
        return Caller(name: verified.subject, grants: verified.access)
    }

    /// Lets those pass who may list everything, and those who may pull something: they see just that.
    /// - Throws: 401 with a challenge for the catalogue.
    func admitToCatalog(_ headers: HTTPFields, origin: @autoclosure () -> String? = nil) async throws(OCIError)
        -> Caller
    {
        do throws(OCIError) {
            return try await admit(headers, needs: [.catalog], origin: origin())
        } catch {
            guard error.code == .denied else { throw error }
            let caller = try await admit(headers, needs: [], origin: origin())
            guard caller.pullable?.isEmpty == false else { throw error }
            return caller
        }
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
