import BundleConfig
import HTTPService
import RegistryModel

/// What the configuration asks of manifests beyond the specification: their URLs, their class, and which parts of an index
/// must be there.
/// - Source: distribution's `validation.manifests` and `policy.repository.classes`.
struct ContentRules: Sendable {
    private struct URLs: Sendable {
        var allow: [RegularExpression]
        var deny: [RegularExpression]
    }

    private let urls: URLs?
    private let platforms: ContentSettings.Platforms
    private let classes: [String]

    /// - Throws: for an expression that is none.
    init(_ settings: ContentSettings) throws(ConfigurationError) {
        urls = try settings.urls.map { (urls) throws(ConfigurationError) in
            URLs(allow: try Self.compiled(urls.allow), deny: try Self.compiled(urls.deny))
        }
        platforms = settings.platforms
        classes = settings.classes
    }

    private static func compiled(_ texts: [String]) throws(ConfigurationError) -> [RegularExpression] {
        try texts.map { (text) throws(ConfigurationError) in
            do throws(RegularExpression.Refusal) {
                return try RegularExpression(Array(text.utf8))
            } catch {
                throw ConfigurationError(
                    key: "validation.manifests.urls", problem: "\(text) is no regular expression: \(error.problem)",
                    remedy: error.remedy)
            }
        }
    }

    /// Checks a manifest, and notes which parts of an index must be there.
    /// - Throws: MANIFEST_INVALID or DENIED, with a sentence.
    func apply(to manifest: inout Manifest) throws(OCIError) {
        for descriptor in [manifest.config].compactMap(\.self) + manifest.layers + manifest.manifests {
            for url in descriptor.urls { try check(url) }
        }
        try checkClass(of: manifest)
        guard manifest.kind == .index else { return }
        switch platforms {
        case .all: break
        case .none: manifest.requiredManifests = []
        case .list(let names):
            manifest.requiredManifests = manifest.manifests.filter { descriptor in
                guard let platform = descriptor.platform else { return false }
                return names.contains("\(platform.os ?? "")/\(platform.architecture ?? "")")
            }
        }
    }

    private func check(_ url: String) throws(OCIError) {
        guard let urls else { return }
        let bytes = Array(url.utf8)
        let isPlain = (url.hasPrefix("http://") || url.hasPrefix("https://")) && !url.contains("#")
        let isAllowed = urls.allow.isEmpty ? !urls.deny.isEmpty : urls.allow.contains { $0.matches(bytes) }
        guard isPlain, isAllowed, !urls.deny.contains(where: { $0.matches(bytes) }) else {
            throw OCIError(
                .manifestInvalid,
                message:
                    "the URL \(url.prefix(200)) is not one that this registry allows in a manifest: push the content"
            )
        }
    }

    private func checkClass(of manifest: Manifest) throws(OCIError) {
        guard !classes.isEmpty, manifest.kind == .image else { return }
        let type = manifest.config?.mediaType ?? ""
        let found: String? =
            switch type {
            case "application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json": "image"
            case "application/vnd.docker.plugin.v1+json": "plugin"
            default: nil
            }
        guard let found, classes.contains(found) else {
            throw OCIError(
                .denied,
                message: "this registry takes \(classes.joined(separator: " and ")) manifests only, not one of \(type)")
        }
    }
}
