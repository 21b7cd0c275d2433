import BundleConfig
import BundleLog
import Glibc
import HTTPService
import Logging
import RegistryToken

/// What the registry takes from distribution's config.yml (version 0.1).
///
/// Keys that have no place here are refused when ignoring them would change what is stored or who may do what; the others
/// are ignored with a warning that says so.
struct RegistryConfiguration: Sendable, Equatable {
    /// How callers are told apart.
    enum Access: Sendable, Equatable {
        /// Everybody may do everything; only by an explicit `auth: {none: {}}`.
        case none
        case token(TokenAccess)
        case htpasswd(HtpasswdAccess)
    }

    /// A file, and what it held when the configuration was read.
    struct TextFile: Sendable, Equatable {
        var path: String
        var text: String
    }

    /// `auth.token`
    struct TokenAccess: Sendable, Equatable {
        var realm: String
        var service: String
        var issuer: String
        /// `rootcertbundle`: PEM; nil only where there is a key set.
        var certificates: TextFile?
        /// `jwks`: a JSON Web Key Set.
        var keySet: TextFile?
        /// `autoredirect`: the realm is this path of the host that the client asked for; nil for the realm above.
        var redirectPath: String?
        /// `signingalgorithms`; nil for all that there are keys for.
        var algorithms: [TokenAlgorithm]?
    }

    /// `auth.htpasswd`
    struct HtpasswdAccess: Sendable, Equatable {
        var realm: String
        var path: String
    }

    /// `storage.maintenance.uploadpurging`
    struct Purge: Sendable, Equatable {
        var age: Duration = .seconds(168 * 3_600)
        var interval: Duration = .seconds(24 * 3_600)
        var isDryRun = false
    }

    /// `storage.maintenance.scrub`
    struct Scrub: Sendable, Equatable {
        var interval: Duration = .seconds(720 * 3_600)
        /// Bytes a second.
        var rate = 10 << 20
    }

    var logLevel = Logger.Level.info
    var root = "/var/lib/registry"
    var isDeleteEnabled = false
    var isReadOnly = false
    /// Nil when uploads are not purged.
    var purge: Purge? = Purge()
    /// Nil when nothing is scrubbed in the background.
    var scrub: Scrub? = Scrub()
    /// `storage.maintenance.gc`
    var collection = CollectionSettings()
    var policy = RegistryPolicy()
    var address = ListenAddress.tcp(host: "0.0.0.0", port: 5_000)
    /// What Locations begin with; empty for relative ones.
    var locationPrefix = ""
    /// Headers that every answer gets.
    var headers: [Header] = []
    var access = Access.none
    var notifications = NotificationSettings()
    /// `catalog.maxentries`
    var catalogLimit: Int?
    /// `http.prefix`: what stands before `/v2/`, without the last slash.
    var pathPrefix = ""
    /// `http.draintimeout`: how long requests in flight may go on at the end, when shorter than the bundle's own time.
    var drainTime: Duration?
    var debug: DebugSettings?
    var health = HealthSettings()
    var content = ContentSettings()
    /// `log.hooks`
    var mails: [MailSettings] = []
    /// `proxy`; nil unless this registry is a cache of another.
    var upstream: UpstreamSettings?
    /// One sentence for each key that is ignored.
    var warnings: [String] = []

    /// A header of `http.headers`.
    struct Header: Sendable, Equatable {
        var name: String
        var value: String
    }

    /// - Parameter environment: its `REGISTRY_…` variables are laid over the file.
    /// - Throws: `ConfigurationError` or `ConfigurationErrors`.
    init(file: String, environment: [String: String] = EnvironmentOverlay.environment()) throws {
        guard let text = Self.read(file) else {
            throw ConfigurationError(
                file: file, key: "", problem: "cannot be read: \(String(cString: strerror(errno)))",
                remedy: "Check the path and its permissions")
        }
        try self.init(ConfigurationNode.parse(text, file: file), environment: environment)
    }

    /// - Throws: `ConfigurationError` or `ConfigurationErrors`.
    init(_ node: ConfigurationNode, environment: [String: String] = [:]) throws {
        try self.init(RegistryConfigurationReader.read(node, environment: environment))
    }

    private init(_ configuration: RegistryConfiguration) {
        self = configuration
    }

    /// The defaults of distribution.
    init() {}

    /// The text of a file, nil with errno set when it cannot be read.
    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
            guard bytes.count <= 4 << 20 else {
                errno = EFBIG
                return nil
            }
        }
        return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
