import BundleConfig
import HTTPService

/// `validation`, `policy` and `catalog`: what manifests may hold, and how much is listed at once.
extension RegistryConfigurationReader {
    mutating func readContent(_ root: ConfigurationNode) {
        if let catalog = root["catalog"], !catalog.isNull {
            known(catalog, ["maxentries"])
            read(catalog, "maxentries", Self.count) { $0.catalogLimit = $1 }
        }
        if let policy = root["policy"], !policy.isNull {
            do throws(ConfigurationErrors) {
                configuration.policy = try RegistryPolicyReader.read(policy)
            } catch {
                errors += error.errors
            }
            if let repository = policy["repository"], !repository.isNull {
                known(repository, ["classes"])
                read(repository, "classes", Self.classes) { $0.content.classes = $1 }
            }
        }
        readValidation(root["validation"])
    }

    private mutating func readValidation(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["enabled", "disabled", "manifests"])
        var isEnabled = false
        var isDisabled = false
        read(node, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) { isEnabled = $1 }
        read(node, "disabled", { (node) throws(ConfigurationError) in try node.bool() }) { isDisabled = $1 }
        let manifests = node["manifests"] ?? .null
        known(manifests, ["urls", "indexes"])
        let indexes = manifests["indexes"] ?? .null
        known(indexes, ["platforms", "platformlist"])
        attempt(Self.platforms, with: { indexes }) { $0.content.platforms = $1 }
        if let urls = manifests["urls"], !urls.isNull {
            known(urls, ["allow", "deny"])
            attempt { (node) throws(ConfigurationError) in
                ContentSettings.URLs(
                    allow: try Self.expressions(node["allow"]), deny: try Self.expressions(node["deny"]))
            } with: {
                urls
            } then: {
                $0.content.urls = $1
            }
        } else if isEnabled {
            // As distribution: validation without a list allows no URL at all.
            configuration.content.urls = ContentSettings.URLs()
        }
        if isDisabled { configuration.content.urls = nil }
    }

    private static func expressions(_ node: ConfigurationNode?) throws(ConfigurationError) -> [String] {
        guard let node, !node.isNull else { return [] }
        var texts: [String] = []
        for entry in try node.sequence() {
            let text = try entry.string()
            do throws(RegularExpression.Refusal) {
                _ = try RegularExpression(Array(text.utf8))
            } catch {
                throw entry.refused("is no regular expression: \(error.problem)", remedy: error.remedy)
            }
            texts.append(text)
        }
        return texts
    }

    private static func platforms(
        _ node: ConfigurationNode
    ) throws(ConfigurationError) -> ContentSettings.Platforms {
        switch try node.string("platforms")?.lowercased() {
        case nil, "all", "": return .all
        case "none": return .none
        case "list":
            var platforms: [String] = []
            for entry in try node["platformlist"]?.sequence() ?? [] {
                platforms.append(
                    "\(try entry.string("os") ?? "linux")/\(try entry.string("architecture") ?? "amd64")")
            }
            return .list(platforms)
        case let other?:
            throw (node["platforms"] ?? node).refused("is \(other)", remedy: "Use all, none, or list with platformlist")
        }
    }

    private static func classes(_ node: ConfigurationNode) throws(ConfigurationError) -> [String] {
        let names = try node.strings()
        for name in names where !["image", "plugin"].contains(name) {
            throw node.refused("has the class \(name)", remedy: "Use image and plugin")
        }
        return names
    }
}
