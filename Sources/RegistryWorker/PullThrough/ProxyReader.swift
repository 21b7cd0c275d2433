import BundleConfig

/// Reads `proxy` of distribution's config.yml; `cafile`, `revalidate` and `timeout` are ours.
enum ProxyReader {
    /// - Returns: nil when there is no upstream.
    static func read(_ node: ConfigurationNode?) throws(ConfigurationErrors) -> UpstreamSettings? {
        guard let node, !node.isNull else { return nil }
        var errors = node.unknownKeys([
            "remoteurl", "username", "password", "ttl", "exec", "cafile", "revalidate", "timeout",
        ])
        var settings: UpstreamSettings?
        do throws(ConfigurationError) {
            settings = try upstream(node)
        } catch {
            errors.append(error)
        }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
        return settings
    }

    private static func upstream(_ node: ConfigurationNode) throws(ConfigurationError) -> UpstreamSettings? {
        guard let text = try node.string("remoteurl"), !text.isEmpty else { return nil }
        guard var url = OutboundURL(text), ["", "/"].contains(url.rest) else {
            throw (node["remoteurl"] ?? node).refused(
                "is no address of a registry", remedy: "Write it as https://HOST[:PORT], without user and path")
        }
        url.rest = ""
        if let exec = node["exec"], !exec.isNull {
            throw exec.refused("is not supported", remedy: "Write proxy.username and proxy.password")
        }
        var settings = UpstreamSettings(url: url)
        settings.username = try node.string("username") ?? ""
        settings.password = Secret(try node.string("password") ?? "")
        if settings.username.isEmpty != settings.password.isEmpty {
            throw node.refused("has a username or a password alone", remedy: "Write both, or neither")
        }
        if let ttl = try node.duration("ttl") { settings.timeToLive = ttl == .zero ? nil : ttl }
        settings.revalidation = try node.duration("revalidate") ?? .zero
        if let timeout = try node.duration("timeout"), timeout > .zero { settings.timeout = timeout }
        settings.trust = try OutboundClient.trust(node["cafile"])
        return settings
    }
}
