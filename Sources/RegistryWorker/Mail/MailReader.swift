import BundleConfig
import BundleLog
import Logging
import NIOSSL

/// Reads `log.hooks` of distribution's config.yml; `options.smtp.cafile` is ours.
enum MailReader {
    static func read(_ node: ConfigurationNode?) throws(ConfigurationErrors) -> [MailSettings] {
        var errors: [ConfigurationError] = []
        var hooks: [MailSettings] = []
        do throws(ConfigurationError) {
            for part in try node?.sequence() ?? [] {
                do throws(ConfigurationError) {
                    if let hook = try hook(part, &errors) { hooks.append(hook) }
                } catch {
                    errors.append(error)
                }
            }
        } catch {
            errors.append(error)
        }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
        return hooks
    }

    private static func hook(
        _ node: ConfigurationNode, _ errors: inout [ConfigurationError]
    ) throws(ConfigurationError) -> MailSettings? {
        _ = try node.mapping()
        errors += node.unknownKeys(["type", "disabled", "levels", "options"])
        if try node.bool("disabled") == true { return nil }
        guard try node.string("type") == "mail" else {
            throw (node["type"] ?? node).refused("is no hook that there is", remedy: "Write type: mail, or remove it")
        }
        let options = node["options"] ?? .null
        errors += options.unknownKeys(["smtp", "from", "to"])
        guard let smtp = options["smtp"], let address = try smtp.string("addr") else {
            throw node.refused("has no options.smtp.addr", remedy: "Write it as HOST:PORT")
        }
        errors += smtp.unknownKeys(["addr", "username", "password", "insecure", "cafile"])
        guard let place = OutboundURL("http://\(address.contains(":") ? address : address + ":25")"), place.rest.isEmpty
        else { throw (smtp["addr"] ?? smtp).refused("\(address) is no address", remedy: "Write it as HOST:PORT") }
        guard let from = options["from"], let to = options["to"] else {
            throw options.refused("lacks from or to", remedy: "Give the sender and a list of receivers")
        }
        var receivers: [String] = []
        for part in try to.sequence() { receivers.append(try mailbox(part)) }
        guard !receivers.isEmpty else { throw to.refused("names nobody", remedy: "Give a list of receivers") }
        var settings = MailSettings(host: place.host, port: place.port, from: try mailbox(from), to: receivers)
        settings.username = try smtp.string("username") ?? ""
        settings.password = Secret(try smtp.string("password") ?? "")
        settings.isInsecure = try smtp.bool("insecure") ?? false
        settings.trust = try OutboundClient.trust(smtp["cafile"])
        if settings.isInsecure { settings.trust.certificateVerification = .none }
        if let levels = node["levels"], !levels.isNull {
            settings.levels = []
            for part in try levels.sequence() {
                guard let level = Logger.Level(name: try part.string()) else {
                    throw part.refused("is no level", remedy: "Write panic, fatal, error, warn, info or debug")
                }
                settings.levels.insert(level)
            }
        }
        return settings
    }

    /// An address as it may stand between `<` and `>`: nothing in it ends the line, the brackets, or the list.
    private static func mailbox(_ node: ConfigurationNode) throws(ConfigurationError) -> String {
        let text = try node.string()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), text.utf8.count <= 254,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"<>()[]\\,;:\"".utf8.contains($0) })
        else { throw node.refused("is no mail address", remedy: "Write it as NAME@HOST") }
        return text
    }
}
