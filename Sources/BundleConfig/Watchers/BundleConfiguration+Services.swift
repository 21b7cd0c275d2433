// Services for people's eyes.

extension BundleConfiguration {
    /// `watchers:`, `sockets:`, `plugins:` and `supervisor:` of all files as one YAML text without a secret: values of
    /// environments and of plugins' settings as `•••`. Empty when there are none.
    package var maskedServices: String {
        guard !services.document.isNull else { return "" }
        let secrets = Self.secrets(of: services.document) + SecretName.ofThisProcess
        return SecretMask.masked(Self.masked(services.document), hiding: secrets).yaml()
    }

    /// The values of secret variables anywhere in the document: `$(circus.env.NAME)` may have put them into commands.
    private static func secrets(of node: ConfigurationNode) -> [String] {
        guard case .mapping(let entries) = node.value else { return [] }
        return entries.flatMap { entry in
            guard entry.key == "env", case .mapping(let variables) = entry.value.value else {
                return secrets(of: entry.value)
            }
            let pairs: [(String, String)] = variables.compactMap { variable in
                if case .scalar(let text, _) = variable.value.value { (variable.key, text) } else { nil }
            }
            return SecretName.values(of: Dictionary(pairs) { first, _ in first })
        }
    }

    private static func masked(_ node: ConfigurationNode, within section: String = "") -> ConfigurationNode {
        guard case .mapping(let entries) = node.value else { return node }
        return .mapping(
            entries.map { entry in
                switch entry.key {
                case "watchers", "plugins": (entry.key, each(entry.value, within: entry.key))
                case "env",
                    "settings" where section == "plugins":
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
