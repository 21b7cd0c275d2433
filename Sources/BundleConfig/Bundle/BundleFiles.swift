/// The places of a bundle's own files.
struct BundleFiles {
    let data: String
    let run: String

    var authority: String { data + "/ca/ca.pem" }
    var authorityKey: String { data + "/ca/ca.key" }
    var serverChain: String { data + "/ca/server.pem" }
    var serverKey: String { data + "/ca/server.key" }
    var configuration: String { data + "/configuration" }
    var tokenCertificate: String { configuration + "/token.crt" }
    var tokenKey: String { configuration + "/token.key" }
    /// Users, keys and refresh tokens that are made by commands.
    var authDatabase: String { configuration + "/auth.sqlite" }
    /// What the ACME worker keeps: the account's key and the certificates.
    var acmeCertificates: String { configuration + "/acme" }
    var images: String { data + "/data/images" }
    var docroot: String { data + "/data/www" }

    var authSocket: String { run + "/auth.sock" }
    var registrySocket: String { run + "/registry.sock" }
    var authFile: String { run + "/auth.yml" }
    var registryFile: String { run + "/registry.yml" }
    /// The proxy's for administrators.
    var proxyAdminSocket: String { run + "/proxy-admin.sock" }
    /// In a folder of its own: the proxy, which faces the network, may read nothing else of the run folder.
    var proxyFile: String { run + "/proxy/proxy.yml" }

    /// In a folder of its own, for the same reason: the ACME worker talks to the network.
    var acmeFile: String { run + "/acme/acme.yml" }
    /// What the ACME worker wants the proxy to answer with.
    var acmeChallenges: String { run + "/proxy/acme" }

    /// A unix socket's path has at most 107 bytes; the longest of ours is the registry's for
    /// administrators, which stands beside its own.
    static let runLimit = 107 - "/registry-admin.sock".utf8.count
}
