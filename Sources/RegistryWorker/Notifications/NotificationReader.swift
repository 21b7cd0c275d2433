import BundleConfig
import HTTPTypes

/// Reads `notifications` of distribution's config.yml; `cafile` and `queuelimit` of an endpoint are ours.
enum NotificationReader {
    static func read(_ node: ConfigurationNode?) throws(ConfigurationErrors) -> NotificationSettings {
        var settings = NotificationSettings()
        guard let node, !node.isNull else { return settings }
        var errors = node.unknownKeys(["events", "endpoints"])
        do throws(ConfigurationError) {
            if let events = node["events"] {
                _ = try events.mapping()
                errors += events.unknownKeys(["includereferences"])
                settings.includesReferences = try events.bool("includereferences") ?? false
            }
        } catch {
            errors.append(error)
        }
        do throws(ConfigurationError) {
            for part in try node["endpoints"]?.sequence() ?? [] {
                do throws(ConfigurationError) {
                    let endpoint = try endpoint(part, &errors)
                    guard !settings.endpoints.contains(where: { $0.name == endpoint.name }) else {
                        throw part.refused("has the name of another endpoint", remedy: "Give each a name of its own")
                    }
                    settings.endpoints.append(endpoint)
                } catch {
                    errors.append(error)
                }
            }
        } catch {
            errors.append(error)
        }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
        return settings
    }

    private static func endpoint(
        _ node: ConfigurationNode, _ errors: inout [ConfigurationError]
    ) throws(ConfigurationError) -> NotificationSettings.Endpoint {
        _ = try node.mapping()
        errors += node.unknownKeys([
            "name", "disabled", "url", "headers", "timeout", "threshold", "backoff", "ignoredmediatypes", "ignore",
            "cafile", "queuelimit",
        ])
        guard let name = try node.string("name"), !name.isEmpty, name.utf8.count <= 100 else {
            throw node.refused("has no name", remedy: "Give it a name of up to 100 bytes")
        }
        guard let url = try node.string("url"), let place = OutboundURL(url) else {
            throw (node["url"] ?? node).refused(
                "has no url of http or https", remedy: "Write it as https://HOST[:PORT]/PATH")
        }
        var endpoint = NotificationSettings.Endpoint(name: name, url: Secret(url), host: place.authority)
        endpoint.isDisabled = try node.bool("disabled") ?? false
        endpoint.headers = try headers(node["headers"])
        // Go's zero values mean the defaults there.
        if let timeout = try node.duration("timeout"), timeout > .zero { endpoint.timeout = timeout }
        if let threshold = try node.integer("threshold"), threshold > 0 { endpoint.retry.threshold = threshold }
        if let backoff = try node.duration("backoff"), backoff > .zero { endpoint.retry.backoff = backoff }
        endpoint.ignoredMediaTypes = Set(try node.strings("ignoredmediatypes") ?? [])
        if let ignore = node["ignore"] {
            _ = try ignore.mapping()
            errors += ignore.unknownKeys(["mediatypes", "actions"])
            endpoint.ignoredMediaTypes.formUnion(try ignore.strings("mediatypes") ?? [])
            for part in try ignore["actions"]?.sequence() ?? [] {
                guard let action = RegistryEvent.Action(rawValue: try part.string()) else {
                    throw part.refused("is no action", remedy: "Write push, pull, mount or delete")
                }
                endpoint.ignoredActions.insert(action)
            }
        }
        if let limit = node["queuelimit"], !limit.isNull {
            endpoint.queueLimit = try limit.byteSize().bytes
            guard endpoint.queueLimit >= 64 << 10 else {
                throw limit.refused("is less than 64KiB", remedy: "Leave room for some events")
            }
        }
        endpoint.trust = try OutboundClient.trust(node["cafile"])
        return endpoint
    }

    private static func headers(
        _ node: ConfigurationNode?
    ) throws(ConfigurationError) -> [NotificationSettings.Header] {
        var headers: [NotificationSettings.Header] = []
        for (name, values) in try node?.mapping() ?? [] {
            guard HTTPField.Name(name) != nil else { throw values.refused("is no header's name", remedy: "Correct it") }
            for value in try values.isSequence ? values.strings() : [values.string()] {
                guard HTTPField.isValidValue(value) else {
                    throw values.refused("holds a control character", remedy: "Remove it")
                }
                headers.append(.init(name: name, value: Secret(value)))
            }
        }
        return headers
    }
}
