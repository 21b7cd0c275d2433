// Services for people's eyes.

extension BundleConfiguration {
    /// `watchers:`, `sockets:`, `plugins:` and `supervisor:` of all files as one YAML text without a secret: values of
    /// environments and of plugins' settings as `•••`. Empty when there are none.
    package var maskedServices: String {
        services.document.isNull ? "" : SecretMask.masked(Self.masked(services.document)).yaml()
    }

    private static func masked(_ node: ConfigurationNode, within section: String = "") -> ConfigurationNode {
        guard case .mapping(let entries) = node.value else { return node }
        return .mapping(
            entries.map { entry in
                switch entry.key {
                case "watchers", "plugins": (entry.key, each(entry.value, within: entry.key))
                case "env" where !section.isEmpty, "settings" where section == "plugins":
                    (entry.key, SecretMask.hidden(entry.value))
                default: (entry.key, entry.value)
                }
            })
    }

    private static func each(_ node: ConfigurationNode, within section: String) -> ConfigurationNode {
        guard case .mapping(let entries) = node.value else { return node }
        return .mapping(entries.map { ($0.key, masked($0.value, within: section)) })
    }
}
