internal import BundleConfig

/// The sections of docker_auth's file that describe back-ends beside `users` and `acl`, in the order in which they are asked.
enum BackendSections {
    /// Reads one section; nil when it was refused (why is in `reading`).
    typealias Reader = @Sendable (ConfigurationNode, inout ConfigurationReading) -> (any BackendSettings)?

    /// Those that sign in.
    private static let authenticators: [(key: String, read: Reader)] = [
        // First, so that a CI system's token is shown to no other back-end.
        (WorkloadTokenSettings.key, { WorkloadTokenSettings($0, reading: &$1) }),
        (HtpasswdSettings.key, { HtpasswdSettings($0, reading: &$1) }),
        ("ext_auth", { CommandBackend($0, for: .signIn, reading: &$1) }),
        (GoogleSettings.key, { GoogleSettings($0, reading: &$1) }),
        ("github_auth", { ForgeSettings($0, .gitHub, reading: &$1) }),
        (OpenIDSettings.key, { OpenIDSettings($0, reading: &$1) }),
        ("gitlab_auth", { ForgeSettings($0, .gitLab, reading: &$1) }),
        ("ldap_auth", { DirectorySettings($0, reading: &$1) }),
        ("xorm_auth", { DatabaseSettings($0, for: .signIn, reading: &$1) }),
        ("plugin_authn", { PluginBackend($0, for: .signIn, reading: &$1) }),
    ]

    /// Those that authorize.
    private static let authorizers: [(key: String, read: Reader)] = [
        ("acl_xorm", { DatabaseSettings($0, for: .authorization, reading: &$1) }),
        ("ext_authz", { CommandBackend($0, for: .authorization, reading: &$1) }),
        ("plugin_authz", { PluginBackend($0, for: .authorization, reading: &$1) }),
    ]

    /// Those that are not served, and why.
    private static let refused: [(key: String, reason: String)] =
        [
            ("mongo_auth", "is not served: Dockmaster has no MongoDB client"),
            ("acl_mongo", "is not served: Dockmaster has no MongoDB client"),
            ("casbin_authz", "is not served: Dockmaster has no Casbin engine; write the policy as acl"),
        ]

    static var keys: [String] { (authenticators + authorizers).map(\.key) + refused.map(\.key) }

    /// Whether the file names a way to sign in beside `users`.
    static func signIn(_ root: ConfigurationNode) -> Bool { names(authenticators, root) }
    /// Whether the file names rules beside `acl`.
    static func authorize(_ root: ConfigurationNode) -> Bool { names(authorizers, root) }

    private static func names(_ sections: [(key: String, read: Reader)], _ root: ConfigurationNode) -> Bool {
        sections.contains { root[$0.key].map { !$0.isNull } ?? false }
    }

    static func read(_ root: ConfigurationNode, reading: inout ConfigurationReading) -> [any BackendSettings] {
        for (key, reason) in refused {
            guard let node = root[key], !node.isNull else { continue }
            reading.refuse(node.refused(reason, remedy: "Remove it; docs/auth.md lists what is served"))
        }
        return (authenticators + authorizers).compactMap { key, read in
            guard let node = root[key], !node.isNull else { return nil }
            guard node.isMapping || key == WorkloadTokenSettings.key else {
                reading.refuse(node.refused("is \(node.kind), not a section", remedy: "Write its keys below it"))
                return nil
            }
            return read(node, &reading)
        }
    }
}
