internal import BundleConfig

/// The sections of docker_auth's file that describe back-ends beside `users` and `acl`, in the order in which they are asked.
enum BackendSections {
    /// Reads one section; nil when it was refused (why is in `reading`).
    typealias Reader = @Sendable (ConfigurationNode, inout ConfigurationReading) -> (any BackendSettings)?

    /// Those that are served.
    static let served: [(key: String, read: Reader)] = []

    /// Those that are not, and why.
    static let refused: [(key: String, reason: String)] = [
        "ext_auth", "google_auth", "github_auth", "oidc_auth", "gitlab_auth", "ldap_auth", "mongo_auth", "xorm_auth",
        "plugin_authn", "acl_mongo", "acl_xorm", "ext_authz", "plugin_authz", "casbin_authz",
    ].map { ($0, "is not served by this version") }

    static var keys: [String] { served.map(\.key) + refused.map(\.key) }

    static func read(_ root: ConfigurationNode, reading: inout ConfigurationReading) -> [any BackendSettings] {
        for (key, reason) in refused {
            guard let node = root[key], !node.isNull else { continue }
            reading.refuse(node.refused(reason, remedy: "Remove it; users and acl of this file are served"))
        }
        return served.compactMap { key, read in
            guard let node = root[key], !node.isNull else { return nil }
            return read(node, &reading)
        }
    }
}
