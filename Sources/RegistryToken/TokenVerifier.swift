internal import Crypto
internal import TextFormats

/// Decides whether a bearer token was made by a token service that this registry trusts, for this registry, for now.
///
/// - Keys: only those of the bundle's certificates, found by `kid` (either form) or by an `x5c` chain that leads to one
///   of them, and those of the key set, found by their own `kid`. The algorithm is the key's; `none`, HMAC, `jwk`, `jku`, `x5u` and `crit` are refused.
/// - Limits: a token of at most 16 KiB, times with 60 s of leeway.
/// - Cost: a token seen before costs one SHA-256; the caches are bounded.
/// - Source: distribution's token specification; RFC 7515, RFC 8725.
package struct TokenVerifier: Sendable {
    package static let sizeLimit = 16 * 1024
    package static let leeway: Int64 = 60

    private let issuer: String
    private let service: String
    private let trust: TokenTrust
    private let algorithms: [TokenAlgorithm]
    private let seen = SeenTokens()

    /// - Parameters:
    ///   - certificates: PEM: `rootcertbundle`, the certificates of the signing keys or of authorities above them.
    ///   - keySet: JSON: `jwks`, further signing keys (RFC 7517).
    ///   - issuer: the only `iss` that is accepted.
    ///   - service: what `aud` must be or hold.
    ///   - algorithms: those that tokens may be signed with.
    package init(
        certificates pem: String?, keySet: String? = nil, issuer: String, service: String,
        algorithms: [TokenAlgorithm] = TokenAlgorithm.allCases
    ) throws(TokenKeyError) {
        self.algorithms = algorithms
        self.issuer = issuer
        self.service = service
        self.trust = try TokenTrust(pem: pem, keySet: keySet)
    }

    /// The claims of `token` when everything about it holds at `now`, in seconds since 1970.
    package func verify(
        _ token: String, now: Int64 = Int64(UTCTime.now().seconds)
    ) async throws(TokenRefusal) -> VerifiedToken {
        var token = token
        let bytes = token.withUTF8 { $0.count > Self.sizeLimit ? nil : Array($0) }
        guard let bytes else { throw .tooLarge(limit: Self.sizeLimit) }
        let digest = SHA256.hash(data: bytes)
        if let claims = seen.find(digest) {
            try claims.check(at: now)
            return claims.token
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("not three parts") }
        let key = try await trust.key(forHeader: Array(parts[0]), now: now)
        guard algorithms.contains(key.algorithm) else { throw .algorithm(key.algorithm.rawValue) }
        guard let signature = Base64.bytes(of: parts[2], as: .url), !signature.isEmpty else {
            throw .malformed("the signature is not Base64")
        }
        guard key.verifies(signature, of: Array(bytes[..<parts[1].endIndex])) else { throw .badSignature }
        guard let payload = Base64.bytes(of: parts[1], as: .url) else {
            throw .malformed("the claims are not Base64")
        }
        let claims = try ReceivedClaims(payload, issuer: issuer, service: service)
        try claims.check(at: now)
        seen.keep(claims, for: digest, now: now)
        return claims.token
    }
}
