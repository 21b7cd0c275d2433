package import Supervision

/// A bundle's configuration: loaded, laid over the defaults, and checked.
///
/// Life: `load` reads and touches nothing; `prepare` makes what a first start needs; `rendered` gives the workers'
/// files.
package struct BundleConfiguration: Sendable, Equatable {
    package var domain: String
    package var serverAliases: [String]
    /// Absolute, like `logs` and `run`.
    package var data: String
    package var logs: String
    package var run: String
    /// The public sockets, for the supervisor to bind and pass to the proxy.
    package var listeners: [ProxyConfiguration.Listener]
    /// The first user whose password stands in a file, and that file: what the first start tells.
    package var adminUser: String?
    package var adminPasswordFile: String?
    /// The path of ca.pem when the bundle certifies itself; clients must trust it.
    package var certificateAuthority: String?
    /// What is accepted but will not do what its author may think.
    package var warnings: [ConfigurationError]

    /// Where it was read from; nil for the embedded default.
    package var file: String?
    /// Whether the three workers are started; otherwise only what `watchers` names, and nothing of the registry is made.
    package var startsBundle = true
    /// Further services, plugins and what concerns the supervisor itself.
    var services = Services()

    var certificate: CertificateSource
    var accounts: [UserAccount]
    var acl: ConfigurationNode
    /// `auth:` and `registry:` as given, to be merged over what is generated.
    var authSettings: ConfigurationNode
    var registrySettings: ConfigurationNode
    var proxy: ProxySettings
    var tls = TLSSettings()
}

extension BundleConfiguration {
    /// Where the server's certificate comes from.
    enum CertificateSource: Sendable, Equatable {
        /// Configured: PEM, checked; with the files that both came from, if they did.
        case given(chain: String, key: Secret, names: [String], files: ProxyConfiguration.Certificate.Files?)
        /// Made on first start: `ca/server.pem`, `ca/server.key`.
        case own
    }

    /// The watchers besides the three workers.
    package var watchers: [WatcherDefinition] { services.watchers }
    package var plugins: [PluginDefinition] { services.plugins }
    package var supervisor: SupervisorSettings { services.supervisor }

    var files: BundleFiles { BundleFiles(data: data, run: run) }

    /// The https port that clients use: the first TLS listener's.
    package var httpsPort: Int {
        listeners.first { $0.tls }?.port ?? 443
    }

    /// `registry.example.test`, or `localhost:8443`: how clients name this registry.
    package var authority: String {
        HostName.inURL(domain) + (httpsPort == 443 ? "" : ":\(httpsPort)")
    }

    /// What the server's own certificate names.
    var certificateNames: [String] {
        var names: [String] = []
        for name in [domain] + serverAliases + ["localhost", "127.0.0.1", "::1"] where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}
