internal import HTTPService
internal import RegistryToken

/// docker_auth's configuration file, read and checked.
struct AuthSettings: Sendable {
    struct Server: Sendable, Equatable {
        var address: ListenAddress
        /// Empty, or absolute: what every path begins with.
        var pathPrefix: String
        /// The header that tells the client's address; nil to take the connection's.
        var realIPHeader: String?
        /// Which of the header's addresses; negative counts from the end.
        var realIPPosition: Int
        var hasHSTS: Bool
    }

    struct Token: Sendable {
        var issuer: String
        /// Seconds.
        var lifetime: Int64
        var signer: TokenSigner
        /// Seconds; 0 gives no refresh tokens. They need a database.
        var refreshLifetime: Int64
    }

    var server: Server
    var token: Token
    /// Whether the account that a client's certificate names is signed in by it.
    var signsInCertificates: Bool
    var users: [(name: String, user: StaticUser)]
    var accessList: AccessList
    /// The file of the embedded database; nil without one.
    var database: String?
    /// In the order in which they are asked.
    var backends: [any BackendSettings]
    /// Files that it names and that were read with it: certificates, keys.
    var files: [String]
    /// One sentence each: accepted, but likely not what was meant.
    var warnings: [String]
}
