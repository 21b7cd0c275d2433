import CryptoExtras
import Foundation
import Testing

@testable import RegistryToken

@Suite("A key's identifier")
struct KeyIdentifierTests {
    /// Made with openssl; the identifiers computed from its DER by a script that knows nothing of this code.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBbzCCARWgAwIBAgIUe0sP/dkpuisPJUPrG7OZx1bm23gwCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBdDAgFw0yNjExMjQxNzIxMjFaGA8yMTI2MTAzMTE3MjEyMVow
        DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBObLj5uteyr
        bQzXZORYh2/K97pLyG2y2XBt0Z6qUuApRSM2TYnvYJRnfrJJOghkC6QUc7W3zvmr
        lCBhhNCUADmjUzBRMB0GA1UdDgQWBBSdtd84r96bmkMWRf+ESbok/nhdKzAfBgNV
        HSMEGDAWgBSdtd84r96bmkMWRf+ESbok/nhdKzAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0gAMEUCIQDBku24ZjCV7dDHaMdWHfoqU12TopJDaj1sYj3nSN9v
        sQIgRgrFrjHjyG9rWOFQUZrQOswWEcUhPDY7uWZhJSZpmh0=
        -----END CERTIFICATE-----
        """
    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIAAF43IYRWhtzszXTuwf6nMhMKXv85IzMNi9mj6yiEhhoAoGCCqGSM49
        AwEHoUQDQgAEE5suPm617KttDNdk5FiHb8r3ukvIbbLZcG3RnqpS4ClFIzZNie9g
        lGd+skk6CGQLpBRztbfO+auUIGGE0JQAOQ==
        -----END EC PRIVATE KEY-----
        """

    @Test("is libtrust's twelve groups, or the thumbprint of the key's own point")
    func fixedPair() throws {
        let legacy = try TokenSigner(certificate: Self.certificate, key: Self.key)
        #expect(legacy.keyIdentifier == "XJOZ:FCQH:HHLM:XVIC:HCCO:QV3O:YSME:Z7CZ:46OL:IZMJ:ZK65:JIJY")
        let modern = try TokenSigner(certificate: Self.certificate, key: Self.key, legacyKeyIdentifier: false)
        #expect(modern.keyIdentifier == "1B19B97_uHyoKz2iZs7Bkds-3IRtRjYj_S7VaxI8THg")
    }

    @Test("of RFC 7638's example key is the RFC's")
    func rfcExample() throws {
        let modulus = try #require(
            Base64.bytes(
                of: Array(
                    """
                    0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi\
                    FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnY\
                    b9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0\
                    Ls1jF44-csFCur-kEgU8awapJzKnqDKgw
                    """.utf8), as: .url))
        let key = try _RSA.Signing.PublicKey(n: modulus, e: [1, 0, 1] as [UInt8])
        #expect(try KeyIdentifier.thumbprint(of: .rsa(key)) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }
}
