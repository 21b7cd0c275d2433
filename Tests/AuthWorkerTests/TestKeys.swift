import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import X509

/// A folder `keys/` with the pairs that the vectors' configurations name, made once for the process.
enum TestKeys {
    static let folder: String = {
        let folder = "\(NSTemporaryDirectory())dockmaster-auth-tests-\(getpid())/keys"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in ["rsa", "p256", "p256b", "p384", "p521"] { try make(name, in: folder) }
            try make("rsa4", in: folder, size: .bits4096)
            try Data().write(to: URL(filePath: "\(folder)/empty.txt"))
        } catch {
            fatalError("cannot make test keys: \(error)")
        }
        return folder
    }()

    /// A configuration of the vectors, with its paths led to our keys.
    static func adapted(_ configuration: String) -> String {
        configuration.replacing("keys/", with: "\(folder)/")
    }

    private static func make(_ name: String, in folder: String, size: _RSA.Signing.KeySize = .bits2048) throws {
        let key: Certificate.PrivateKey
        let pem: String
        switch name {
        case "p256", "p256b":
            let made = P256.Signing.PrivateKey()
            (key, pem) = (Certificate.PrivateKey(made), made.pemRepresentation)
        case "p384":
            let made = P384.Signing.PrivateKey()
            (key, pem) = (Certificate.PrivateKey(made), made.pemRepresentation)
        case "p521":
            let made = P521.Signing.PrivateKey()
            (key, pem) = (Certificate.PrivateKey(made), made.pemRepresentation)
        default:
            let made = try _RSA.Signing.PrivateKey(keySize: size)
            (key, pem) = (Certificate.PrivateKey(made), made.pemRepresentation)
        }
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: .now - 60, notValidAfter: .now + 86_400, issuer: subject, subject: subject,
            extensions: Certificate.Extensions(), issuerPrivateKey: key)
        try Data(try certificate.serializeAsPEM().pemString.utf8).write(to: URL(filePath: "\(folder)/\(name).crt"))
        try Data(pem.utf8).write(to: URL(filePath: "\(folder)/\(name).key"))
        chmod("\(folder)/\(name).key", 0o600)
    }
}
