/// A key or certificate that cannot serve for tokens. Never holds key material.
package enum TokenKeyError: Error, Equatable, Sendable, CustomStringConvertible {
    case noCertificate
    case badCertificate(position: Int)
    case noKey
    case badKey
    case unsupportedKey
    case mismatch
    /// A JSON Web Key Set; the text completes "cannot be used: …".
    case badKeySet(String)

    package var problem: String {
        switch self {
        case .noCertificate: "holds no PEM certificate"
        case .badCertificate(let position): "certificate \(position) is not a readable X.509 certificate"
        case .noKey: "holds no PEM private key"
        case .badKey: "is not a readable private key (PKCS#8, PKCS#1 or SEC 1, unencrypted)"
        case .unsupportedKey: "is neither RSA (2048 bits or more) nor ECDSA on P-256, P-384 or P-521"
        case .mismatch: "the private key does not belong to the certificate"
        case .badKeySet(let reason): "is no JSON Web Key Set of public keys: \(reason)"
        }
    }

    package var remedy: String {
        switch self {
        case .noCertificate, .badCertificate: "Give a PEM file of CERTIFICATE blocks, the signing certificate first"
        case .noKey, .badKey: "Give an unencrypted PEM private key"
        case .unsupportedKey: "Make a P-256 key: openssl ecparam -name prime256v1 -genkey -noout"
        case .mismatch: "Give the certificate and the key of one pair"
        case .badKeySet: "Give the public keys of the token service as RFC 7517 writes them, each with its kid"
        }
    }

    package var description: String { "\(problem). \(remedy)." }
}
