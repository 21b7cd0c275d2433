import Crypto
import CryptoExtras
import FoundationEssentials
import Testing
import X509

@testable import BundleConfig

@Suite("A certificate and its key")
struct CertificatePairTests {
    let authority: TestCertificates

    init() throws {
        authority = try TestCertificates()
    }

    /// What the pair is refused with; nil when it is good.
    private func fault(
        _ chain: String, _ key: String, domain: String = "registry.example.test", trusted: Bool = false
    ) -> CertificateFault? {
        do throws(CertificateFault) {
            let pair = try CertificatePair(chain: chain, key: key)
            try pair.check(domain: domain, now: TestCertificates.now) { _ in trusted }
            return nil
        } catch {
            return error
        }
    }

    @Test("that belong together, with the chain, are accepted; the root may be left out")
    func good() throws {
        let server = try authority.server()
        let chain = try server.pem + authority.intermediate.pem
        #expect(fault(chain, try server.keyPEM) == nil)
        #expect(fault(chain + (try authority.root.pem), try server.keyPEM) == nil)
    }

    @Test("may be RSA, P-384 or P-521, and stand in a file with other text around them")
    func kinds() throws {
        let keys = [
            try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation,
            P384.Signing.PrivateKey().pemRepresentation, P521.Signing.PrivateKey().pemRepresentation,
        ]
        for text in keys {
            let server = try authority.server(key: Certificate.PrivateKey(pemEncoded: text))
            let chain = try "Certificate:\n    Data:\n" + server.pem + "issuer below\r\n" + authority.intermediate.pem
            #expect(fault(chain, "Bag Attributes\r\n" + text.replacing("\n", with: "\r\n")) == nil)
        }
    }

    @Test("that do not belong together are refused")
    func mismatch() throws {
        let server = try authority.server()
        let other = try authority.server()
        let found = try #require(fault(try server.pem + authority.intermediate.pem, try other.keyPEM))
        #expect(found == .mismatch(leaf: "CN=registry.example.test", position: nil))
        #expect(found.concernsKey)
    }

    @Test("in the wrong order are refused with the order")
    func order() throws {
        let server = try authority.server()
        let found = try #require(fault(try authority.intermediate.pem + server.pem, try server.keyPEM))
        #expect(found == .mismatch(leaf: "CN=Test intermediate", position: 2))
        #expect(found.problem == "begins with CN=Test intermediate, but the key belongs to certificate 2 of the chain")
    }

    @Test("that expired, or are not valid yet, are refused with the day")
    func time() throws {
        let old = try authority.server(from: -400, until: -1)
        #expect(
            fault(try old.pem + authority.intermediate.pem, try old.keyPEM)
                == .expired(subject: "CN=registry.example.test", on: "2026-11-23"))
        let early = try authority.server(from: 2, until: 90)
        #expect(
            fault(try early.pem + authority.intermediate.pem, try early.keyPEM)
                == .notYetValid(subject: "CN=registry.example.test", from: "2026-11-26"))
    }

    @Test("whose intermediate expired are refused with its name")
    func expiredIntermediate() throws {
        let worn = try TestCertificates.make(name: "Worn", issuer: authority.root, authority: true, until: -2)
        let server = try TestCertificates.make(
            name: "s", issuer: worn, authority: false, names: ["registry.example.test"])
        #expect(fault(try server.pem + worn.pem, try server.keyPEM) == .expired(subject: "CN=Worn", on: "2026-11-22"))
    }

    @Test("without the intermediate are refused, unless this machine trusts the issuer itself")
    func missingIntermediate() throws {
        let server = try authority.server()
        let found = fault(try server.pem, try server.keyPEM)
        #expect(found == .missingIntermediate(issuer: "CN=Test intermediate"))
        #expect(fault(try server.pem + authority.root.pem, try server.keyPEM) == found)
        #expect(fault(try server.pem, try server.keyPEM, trusted: true) == nil)
    }

    @Test("under an issuer of the right name that did not sign are refused")
    func brokenLink() throws {
        let server = try authority.server()
        let impostor = try TestCertificates.make(name: "Test intermediate", issuer: authority.root, authority: true)
        #expect(
            fault(try server.pem + impostor.pem, try server.keyPEM)
                == .brokenLink(subject: "CN=registry.example.test", issuer: "CN=Test intermediate"))
    }

    @Test("that are self-signed are accepted: clients were given them")
    func selfSigned() throws {
        let own = try TestCertificates.make(name: "me", issuer: nil, authority: false, names: ["registry.example.test"])
        #expect(fault(try own.pem, try own.keyPEM) == nil)
    }

    @Test("that do not cover the domain are refused with what they cover; a common name alone covers nothing")
    func names() throws {
        let server = try authority.server(names: ["*.example.test", "10.0.0.7"])
        let chain = try server.pem + authority.intermediate.pem
        #expect(fault(chain, try server.keyPEM) == nil)
        #expect(fault(chain, try server.keyPEM, domain: "10.0.0.7") == nil)
        #expect(
            fault(chain, try server.keyPEM, domain: "a.b.example.test")
                == .uncovered(domain: "a.b.example.test", names: ["*.example.test", "10.0.0.7"]))
        let nameless = try TestCertificates.make(
            name: "registry.example.test", issuer: authority.intermediate, authority: false)
        let found = fault(try nameless.pem + authority.intermediate.pem, try nameless.keyPEM)
        #expect(found == .uncovered(domain: "registry.example.test", names: []))
        #expect(found?.problem.hasPrefix("names no host at all") == true)
    }

    @Test("in damaged PEM are refused with the block")
    func damaged() throws {
        let server = try authority.server()
        let good = try server.pem + authority.intermediate.pem
        let key = try server.keyPEM
        #expect(
            fault(good.replacing("-----END CERTIFICATE-----\n-----BEGIN", with: "-----BEGIN"), key)
                == .damaged(block: 1, reason: "has no END line"))
        #expect(
            fault(good + "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n", key)
                == .damaged(block: 3, reason: "does not hold base64"))
        #expect(
            fault("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", key)
                == .unreadableCertificate(block: 1))
        #expect(fault(key, key) == .noCertificate)
        #expect(fault(good, good) == .noKey)
        #expect(fault(good, key + key) == .severalKeys)
        #expect(
            fault(good, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
                == .unreadableKey(label: "PRIVATE KEY"))
    }

    @Test(
        "whose key has a passphrase are refused, in either form",
        arguments: [
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIIF\n-----END RSA PRIVATE KEY-----",
        ])
    func encrypted(key: String) throws {
        #expect(fault(try authority.server().pem, key) == .encryptedKey)
    }

    @Test("issued by an authority in this machine's store are found there by signature, not by name alone")
    func trust() throws {
        let folder = try TemporaryFolder()
        let impostor = try TestCertificates.make(name: "Test intermediate", issuer: nil, authority: true)
        let server = try authority.server()
        let path = try folder.write("trusted.pem", try impostor.pem)
        #expect(!SystemTrust(path: path).signed(server.certificate))
        try folder.write("trusted.pem", try authority.root.pem + authority.intermediate.pem)
        #expect(SystemTrust(path: path).signed(server.certificate))
    }
}
