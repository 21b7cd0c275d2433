internal import TextFormats

/// Signs registry tokens (JWS compact form) with one key.
///
/// The header is the same for every token of a key, so it is written once; signing is one pass over the claims and one
/// private-key operation of swift-crypto. jwt-kit would encode header and claims anew through Foundation's JSONEncoder
/// and hop to an actor for each token; the tests hold our tokens against it instead.
package struct TokenSigner: Sendable {
    package let algorithm: TokenAlgorithm
    package let keyIdentifier: String
    private let key: SigningKey
    /// The encoded header and the dot behind it.
    private let head: [UInt8]

    /// - Parameters:
    ///   - certificate: PEM: the certificate of the key first, then the chain that goes into `x5c` with it.
    ///   - key: PEM: the private key.
    ///   - legacyKeyIdentifier: libtrust's key id (distribution 2.x), not the RFC 7638 thumbprint (distribution 3).
    package init(
        certificate: String, key: String, legacyKeyIdentifier: Bool = true
    ) throws(TokenKeyError) {
        let bundle = try CertificateBundle(pem: certificate)
        let signing = try SigningKey(pem: key)
        guard let leaf = bundle.entries.first, leaf.key.subjectPublicKeyInfo == signing.subjectPublicKeyInfo else {
            throw .mismatch
        }
        let identifier =
            legacyKeyIdentifier ? KeyIdentifier.legacy(of: leaf.key) : try KeyIdentifier.thumbprint(of: leaf.key)
        self.key = signing
        self.algorithm = signing.algorithm
        self.keyIdentifier = identifier

        var header: [UInt8] = []
        header.append(contentsOf: #"{"typ":"JWT","alg":"\#(signing.algorithm.rawValue)","kid":"#.utf8)
        JSONString.append(identifier, to: &header)
        header.append(contentsOf: #","x5c":"#.utf8)
        JSONString.append(bundle.entries.prefix(4).map { Base64.text($0.der, as: .standard) }, to: &header)
        header.append(UInt8(ascii: "}"))
        var head: [UInt8] = []
        Base64.append(header, as: .url, to: &head)
        head.append(UInt8(ascii: "."))
        self.head = head
    }

    /// The token in ASCII.
    package func sign(_ claims: TokenClaims) throws -> [UInt8] {
        var token = head
        let payload = claims.encoded()
        token.reserveCapacity(head.count + payload.count * 4 / 3 + 360)
        Base64.append(payload, as: .url, to: &token)
        let signature = try key.signature(of: token)
        token.append(UInt8(ascii: "."))
        Base64.append(signature, as: .url, to: &token)
        return token
    }
}
