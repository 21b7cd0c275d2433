internal import Synchronization
internal import SwiftASN1
@_spi(FixedExpiryValidationTime) internal import X509
internal import Foundation

/// Finds the trusted key that a token's header points at.
final class TokenTrust: Sendable {
    private struct Known: Sendable {
        var key: VerifyingKey
        /// Seconds since 1970 after which a chain must be checked anew; nil for a certificate of the bundle itself.
        var until: Int64?
    }

    private static let chainLimit = 6
    private static let headerCapacity = 64

    private let bundle: CertificateBundle?
    private let keys: [String: VerifyingKey]
    /// Headers that led to a key: a token service writes the same one into every token.
    private let headers = Mutex<[[UInt8]: Known]>([:])

    /// - Parameters:
    ///   - pem: of certificates.
    ///   - keySet: a JSON Web Key Set.
    init(pem: String?, keySet: String?) throws(TokenKeyError) {
        bundle = if let pem { try CertificateBundle(pem: pem) } else { nil }
        var keys = if let keySet { try KeySet(json: keySet).keys } else { [String: VerifyingKey]() }
        for entry in bundle?.entries ?? [] {
            keys[KeyIdentifier.legacy(of: entry.key)] = entry.key
            keys[try KeyIdentifier.thumbprint(of: entry.key)] = entry.key
        }
        self.keys = keys
    }

    /// - Parameter encoded: the header's Base64 text.
    func key(forHeader encoded: [UInt8], now: Int64) async throws(TokenRefusal) -> VerifyingKey {
        if let known = headers.withLock({ $0[encoded] }), known.until.map({ now < $0 }) ?? true { return known.key }
        let known = try await read(encoded, now: now)
        headers.withLock { headers in
            if headers.count >= Self.headerCapacity { headers = [:] }
            headers[encoded] = known
        }
        return known.key
    }

    private func read(_ encoded: [UInt8], now: Int64) async throws(TokenRefusal) -> Known {
        guard let json = Base64.bytes(of: encoded, as: .url) else { throw .malformed("the header is not Base64") }
        let header: JSONValue
        do {
            header = try JSONReader.read(json)
        } catch {
            throw .malformed("the header is \(error.problem)")
        }
        guard header.members != nil else { throw .malformed("the header is not a JSON object") }
        if header["crit"] != nil { throw .criticalHeader }
        for foreign in ["jwk", "jku", "x5u"] where header[foreign] != nil { throw .foreignKey(header: foreign) }
        if let type = header["typ"], type.string?.lowercased() != "jwt" { throw .malformed("typ is not JWT") }
        guard let name = header["alg"]?.string else { throw .malformed("alg is missing") }
        guard let algorithm = TokenAlgorithm(rawValue: name) else { throw .algorithm(String(name.prefix(16))) }

        let known: Known
        if let chain = header["x5c"] {
            known = try await key(ofChain: chain, now: now)
        } else if let identifier = header["kid"] {
            guard let text = identifier.string, let key = keys[text] else { throw .unknownKey }
            known = Known(key: key, until: nil)
        } else {
            throw .unknownKey
        }
        guard known.key.algorithm == algorithm else { throw .algorithm(name) }
        return known
    }

    /// The leaf's key, when the leaf is in the bundle or a chain of valid certificates leads from it to one that is.
    private func key(ofChain value: JSONValue, now: Int64) async throws(TokenRefusal) -> Known {
        guard let bundle else { throw .foreignKey(header: "x5c") }
        guard let texts = value.strings, let first = texts.first, texts.count <= Self.chainLimit else {
            throw .malformed("x5c is not a list of certificates")
        }
        guard let der = Base64.bytes(of: Array(first.utf8), as: .standard) else {
            throw .malformed("x5c is not Base64")
        }
        if let entry = bundle.entries.first(where: { $0.der == der }) { return Known(key: entry.key, until: nil) }

        let certificates = texts.compactMap { text in
            Base64.bytes(of: Array(text.utf8), as: .standard).flatMap { try? Certificate(derEncoded: $0) }
        }
        guard certificates.count == texts.count, let leaf = certificates.first else {
            throw .malformed("x5c holds something that is not a certificate")
        }
        guard let key = try? VerifyingKey(leaf) else { throw .foreignKey(header: "x5c") }
        let moment = Date(timeIntervalSince1970: Double(now))
        var verifier = Verifier(rootCertificates: CertificateStore(bundle.entries.map(\.certificate))) {
            RFC5280Policy(fixedExpiryValidationTime: moment)
        }
        let result = await verifier.validate(
            leaf: leaf, intermediates: CertificateStore(certificates.dropFirst()))
        guard case .validCertificate(let chain) = result else { throw .foreignKey(header: "x5c") }
        let end = chain.map { Int64($0.notValidAfter.timeIntervalSince1970) }.min() ?? now
        return Known(key: key, until: end)
    }
}
