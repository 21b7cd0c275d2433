/// What `run/acme/acme.yml` says: rendered by the supervisor, read by the ACME worker.
///
/// Secret: it may hold the key of an external account. Mode 0600.
/// - Source: RFC 8555 (ACME), RFC 8737 (tls-alpn-01), RFC 8738 (addresses).
package struct ACMEConfiguration: Sendable, Equatable {
    /// How the authority convinces itself that the names are ours.
    package enum Challenge: String, Sendable, CaseIterable {
        case http01 = "http-01"
        case tlsALPN01 = "tls-alpn-01"
    }

    /// What the certificates' keys are.
    package enum KeyType: String, Sendable, CaseIterable {
        /// On P-256.
        case ecdsa
        /// Of 2048 bits.
        case rsa
    }

    /// An account that the authority has given out by other means.
    /// - Source: RFC 8555, 7.3.4 (external account binding).
    package struct ExternalAccount: Sendable, Equatable {
        package var keyID: String
        /// Base64url, as authorities hand it out.
        package var key: Secret

        package init(keyID: String, key: Secret) {
            self.keyID = keyID
            self.key = key
        }
    }

    /// Where the worker keeps what must last, and where it puts what the proxy answers with.
    package struct Folders: Sendable, Equatable {
        /// `account.key`, and for each certificate a folder with `chain.pem` and `key.pem`.
        package var certificates: String
        /// `http-01/TOKEN` and `tls-alpn-01/HOST.pem`.
        package var challenges: String

        package init(certificates: String, challenges: String) {
            self.certificates = certificates
            self.challenges = challenges
        }
    }

    /// The directory of an authority that needs no key `directory`.
    package static let letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

    /// The address that the authority may write to; nil for none.
    package var email: String?
    /// An https URL.
    package var directory: String
    package var challenge: Challenge
    /// What the certificate names, lower case, at least one; the first gives its folder the name.
    package var domains: [String]
    /// PEM: whom the worker trusts when it connects to the directory; nil for the system's authorities.
    package var trust: String?
    package var keyType: KeyType
    package var externalAccount: ExternalAccount?
    /// Whether the authority's terms of service are agreed to.
    package var acceptsTerms: Bool
    package var folders: Folders

    package init(
        directory: String = letsEncrypt, challenge: Challenge = .http01, domains: [String], folders: Folders
    ) {
        self.directory = directory
        self.challenge = challenge
        self.domains = domains
        self.folders = folders
        keyType = .ecdsa
        acceptsTerms = false
    }

    /// Where the certificate of the names is.
    package var certificateFolder: String { "\(folders.certificates)/\(domains.first ?? "")" }
    package var chainFile: String { certificateFolder + "/chain.pem" }
    package var keyFile: String { certificateFolder + "/key.pem" }
    package var accountKeyFile: String { folders.certificates + "/account.key" }
}
