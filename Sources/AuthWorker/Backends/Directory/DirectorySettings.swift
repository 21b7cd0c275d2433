internal import BundleConfig
internal import HTTPService

/// `ldap_auth`: docker_auth's keys, and of ours `group_base`, `group_filter`, `group_label`, `timeout` (5s) and
/// `connections` (4); `addr` may be a list, whose next server is asked when one cannot be.
struct DirectorySettings: BackendSettings {
    struct Security: Sendable, Equatable {
        var startsTLS: Bool
        /// LDAPS: TLS before the first message.
        var beginsWithTLS: Bool
        var isVerified: Bool
        /// A PEM file.
        var authority: String
    }

    /// A label whose values are an attribute's.
    struct LabelSource: Sendable, Equatable {
        var name: String
        var attribute: String
        /// The values are distinguished names, of which the CN counts.
        var takesCommonName: Bool
        var isLowerCase: Bool
    }

    /// A search for the groups of somebody who was found.
    struct Groups: Sendable, Equatable {
        var base: String
        /// With `${dn}` and `${account}`.
        var filter: String
        /// What label the groups' CNs become.
        var label: String
    }

    /// `ldap://host:port` or `ldaps://…`, in the order in which they are asked.
    var servers: [String]
    var security: Security
    var base: String
    /// With `${account}`.
    var filter: String
    /// Who searches; nil for nobody in particular. With `bindsAsUser`, it holds `${account}`.
    var searcher: (name: String, password: Secret)?
    var bindsAsUser: Bool
    var labels: [LabelSource]
    var groups: Groups?
    /// Of each sign-in, all servers together.
    var time: Duration
    var connections: Int

    private static let keys = [
        "addr", "tls", "insecure_tls_skip_verify", "ca_certificate", "base", "filter", "bind_dn", "bind_password_file",
        "initial_bind_as_user", "labels", "group_base", "group_filter", "group_label", "timeout", "connections",
    ]

    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        reading.check(node, knows: Self.keys)
        time = reading.time(
            "timeout", of: node, default: .seconds(5), within: .milliseconds(100)...Duration.seconds(120))
        connections = reading.number("connections", of: node, default: 4, within: 1...64)
        base = reading.text("base", of: node) ?? ""
        filter = reading.text("filter", of: node) ?? ""
        bindsAsUser = reading.flag("initial_bind_as_user", of: node)
        security = Self.security(node, reading: &reading)
        servers = Self.servers(node, reading: &reading)
        labels = Self.labels(node, reading: &reading)
        searcher = Self.searcher(node, bindsAsUser: bindsAsUser, reading: &reading)
        groups = Self.groups(node, reading: &reading)
        if !filter.contains("${account}") {
            reading.refuse(
                (node["filter"] ?? node).refused(
                    "does not ask for the account: everybody would be the same entry",
                    remedy: "Write filter: (&(uid=${account})(objectClass=person))"))
        }
        guard reading.errors.count == before else { return nil }
    }

    private static func security(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> Security {
        let isVerified = !reading.flag("insecure_tls_skip_verify", of: node)
        if !isVerified {
            reading.warn(
                (node["insecure_tls_skip_verify"] ?? node).refused(
                    "lets anybody between here and the server read all passwords",
                    remedy: "Give ca_certificate the authority's PEM file instead"))
        }
        var authority = "/etc/ssl/certs/ca-certificates.crt"
        if let path = reading.text("ca_certificate", of: node), let value = node["ca_certificate"] {
            authority = path
            if let text = reading.file(path, at: value), !text.contains("-----BEGIN CERTIFICATE-----") {
                reading.refuse(value.refused("\(path) holds no certificate", remedy: "Name a PEM file"))
            }
        }
        let tls = reading.text("tls", of: node) ?? "none"
        return Security(
            startsTLS: tls == "starttls", beginsWithTLS: tls == "always", isVerified: isVerified, authority: authority)
    }

    private static func servers(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> [String] {
        let tls = reading.text("tls", of: node) ?? "none"
        guard ["none", "starttls", "always"].contains(tls) else {
            reading.refuse((node["tls"] ?? node).refused("is \(tls)", remedy: "Write none, starttls or always"))
            return []
        }
        guard let value = node["addr"], !value.isNull else {
            reading.refuse(node.refused("names no server", remedy: "Add addr: ldap.example.com:636"))
            return []
        }
        let addresses = reading.attempt { () throws(ConfigurationError) in
            value.isSequence ? try value.strings() : [try value.string()]
        }
        guard let addresses, !addresses.isEmpty else { return [] }
        if tls == "none" {
            reading.warn(
                (node["tls"] ?? value).refused(
                    "is none: passwords cross the network in the clear", remedy: "Write tls: starttls, or always"))
        }
        return addresses.map { text in
            let scheme = ["ldap://", "ldaps://"].first { text.hasPrefix($0) } ?? ""
            let host = text.dropFirst(scheme.count)
            if scheme == "ldaps://", tls != "always" {
                reading.refuse(value.refused("is ldaps://, and tls is \(tls)", remedy: "Write tls: always"))
            }
            if host.isEmpty || !host.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x3F }) {
                reading.refuse(value.refused("is no address: \"\(text)\"", remedy: "Write HOST:PORT"))
            }
            // libldap's own ldaps:// knows no time-out in its handshake: TLS is begun by hand.
            let hasPort = host.split(separator: "]").last?.contains(":") ?? false
            return "ldap://\(host)\(tls == "always" && !hasPort ? ":636" : "")"
        }
    }

    private static func labels(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> [LabelSource] {
        let entries = reading.attempt { () throws(ConfigurationError) in try node["labels"]?.mapping() } ?? []
        return entries.compactMap { name, value in
            reading.check(value, knows: ["attribute", "parse_cn", "lower_case"])
            guard let attribute = reading.required("attribute", of: value, example: "memberOf") else { return nil }
            return LabelSource(
                name: name, attribute: attribute, takesCommonName: reading.flag("parse_cn", of: value),
                isLowerCase: reading.flag("lower_case", of: value))
        }
    }

    private static func searcher(
        _ node: ConfigurationNode, bindsAsUser: Bool, reading: inout ConfigurationReading
    ) -> (name: String, password: Secret)? {
        guard let name = reading.text("bind_dn", of: node) else {
            if bindsAsUser {
                reading.refuse(
                    node.refused("has no bind_dn", remedy: "Add bind_dn: uid=${account},ou=people,o=example"))
            }
            return nil
        }
        if bindsAsUser {
            if !name.contains("${account}") {
                reading.refuse(
                    (node["bind_dn"] ?? node).refused(
                        "does not name the account", remedy: "Write bind_dn: uid=${account},ou=people,o=example"))
            }
            return (name, Secret(""))
        }
        guard let path = reading.required("bind_password_file", of: node, example: "/etc/dockmaster/ldap-password"),
            let value = node["bind_password_file"]
        else { return nil }
        guard let password = reading.secretFile(path, at: value) else { return nil }
        return (name, password)
    }

    private static func groups(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> Groups? {
        guard let filter = reading.text("group_filter", of: node) else { return nil }
        if !filter.contains("${dn}"), !filter.contains("${account}") {
            reading.refuse(
                (node["group_filter"] ?? node).refused(
                    "does not ask for the member: everybody would be in every group",
                    remedy: "Write group_filter: (&(objectClass=groupOfNames)(member=${dn}))"))
        }
        return Groups(
            base: reading.text("group_base", of: node) ?? reading.text("base", of: node) ?? "", filter: filter,
            label: reading.text("group_label", of: node) ?? "groups")
    }

    func make(_ context: BackendContext) -> Backend {
        let users = DirectoryUsers(self, logger: context.logger)
        return Backend(authenticator: users, close: users.close)
    }
}
