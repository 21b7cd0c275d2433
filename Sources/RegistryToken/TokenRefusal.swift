/// Why a bearer token is not believed. Nothing of the token itself is in the text: it may go to logs and clients.
package enum TokenRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case malformed(String)
    case algorithm(String)
    /// The token names or brings a key of its own: `jwk`, `jku`, `x5u`, or an `x5c` that leads to nothing trusted.
    case foreignKey(header: String)
    case unknownKey
    case criticalHeader
    case badSignature
    case wrongIssuer
    case wrongAudience
    case missingExpiry
    case expired(secondsAgo: Int64)
    case notYetValid(inSeconds: Int64)

    package var problem: String {
        switch self {
        case .tooLarge(let limit): "token is longer than \(limit) bytes"
        case .malformed(let what): "token is malformed: \(what)"
        case .algorithm(let name): "token's algorithm \(name) is not accepted"
        case .foreignKey(let header): "token brings a key of its own (\(header)) that is not trusted"
        case .unknownKey: "token is signed by a key that is not in the trusted bundle"
        case .criticalHeader: "token demands extensions (crit) that are not supported"
        case .badSignature: "token's signature does not verify"
        case .wrongIssuer: "token is from another issuer"
        case .wrongAudience: "token is meant for another service"
        case .missingExpiry: "token has no expiry"
        case .expired(let seconds): "token expired \(seconds) s ago"
        case .notYetValid(let seconds): "token is not valid before \(seconds) s from now"
        }
    }

    package var remedy: String {
        switch self {
        case .tooLarge, .malformed, .algorithm, .foreignKey, .criticalHeader, .badSignature, .missingExpiry:
            "fetch a token from this registry's own token service"
        case .unknownKey: "add the token service's certificate to auth.token.rootcertbundle"
        case .wrongIssuer: "set auth.token.issuer to the token service's token.issuer"
        case .wrongAudience: "set auth.token.service to the service that the client asks for"
        case .expired: "fetch a new token; compare the clocks of the two machines when it is new"
        case .notYetValid: "compare the clocks of the two machines"
        }
    }

    package var description: String { "\(problem); \(remedy)" }
}
