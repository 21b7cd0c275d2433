import HTTPService
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import RegistryModel
import RegistryStorage

/// What the handlers tell the notification endpoints: the events of distribution, at the places where it sends them.
extension RegistryMiddleware {
    /// A blob was pulled, or asked for by HEAD (distribution tells of both, and `request.method` says which).
    func tellPull(_ request: RegistryRequest, _ repository: RepositoryName, _ info: BlobInfo) {
        guard let hub, hub.wants(.pull, mediaType: MediaType.octetStream) else { return }
        hub.note(event(request, .pull, target(request, repository, info)))
    }

    /// A manifest was pulled, or asked for by HEAD.
    func tellPull(
        _ request: RegistryRequest, _ repository: RepositoryName, _ reference: Reference, _ manifest: StoredManifest
    ) {
        guard let hub, hub.wants(.pull, mediaType: manifest.mediaType) else { return }
        var target = RegistryEvent.Target(
            mediaType: manifest.mediaType, size: manifest.bytes.readableBytes, digest: manifest.digest,
            repository: repository, url: url(request, repository, "manifests/\(manifest.digest)"))
        if case .tag(let tag) = reference { target.tag = tag }
        if hub.includesReferences, let parsed = try? Manifest(bytes: Array(manifest.bytes.readableBytesView)) {
            target.references = Self.references(parsed)
        }
        hub.note(event(request, .pull, target))
    }

    /// A manifest was pushed: one event for each tag, or one without.
    func tellPush(
        _ request: RegistryRequest, _ repository: RepositoryName, _ manifest: Manifest, _ digest: Digest, tags: [Tag]
    ) async {
        guard let hub, hub.wants(.push, mediaType: manifest.mediaType) else { return }
        var target = RegistryEvent.Target(
            mediaType: manifest.mediaType, size: manifest.bytes.count, digest: digest, repository: repository,
            url: url(request, repository, "manifests/\(digest)"))
        if hub.includesReferences { target.references = Self.references(manifest) }
        for tag in tags.isEmpty ? [nil] : tags.map(Optional.some) {
            target.tag = tag
            await hub.record(event(request, .push, target))
        }
    }

    /// A blob was pushed, or mounted from another repository.
    func tellBlob(
        _ request: RegistryRequest, _ repository: RepositoryName, _ info: BlobInfo, from source: RepositoryName? = nil
    ) async {
        let action = source == nil ? RegistryEvent.Action.push : .mount
        guard let hub, hub.wants(action, mediaType: MediaType.octetStream) else { return }
        var target = target(request, repository, info)
        target.fromRepository = source
        await hub.record(event(request, action, target))
    }

    /// A blob, a manifest or a tag was deleted.
    func tellDelete(
        _ request: RegistryRequest, _ repository: RepositoryName, digest: Digest? = nil, tag: Tag? = nil
    ) async {
        guard let hub, hub.wants(.delete, mediaType: nil) else { return }
        await hub.record(event(request, .delete, .init(digest: digest, repository: repository, tag: tag)))
    }

    private func target(
        _ request: RegistryRequest, _ repository: RepositoryName, _ info: BlobInfo
    ) -> RegistryEvent.Target {
        RegistryEvent.Target(
            mediaType: MediaType.octetStream, size: info.size, digest: info.digest, repository: repository,
            url: url(request, repository, "blobs/\(info.digest)"))
    }

    private func event(
        _ request: RegistryRequest, _ action: RegistryEvent.Action, _ target: RegistryEvent.Target
    ) -> RegistryEvent {
        RegistryEvent(
            action: action, target: target,
            origin: RegistryEvent.Origin(
                id: request.context.requestID, address: request.context.remoteAddress, host: Self.host(request),
                method: request.method.rawValue, userAgent: request.headers[.userAgent] ?? "",
                user: request.caller.name))
    }

    /// What the manifest names: its config and layers, or its manifests.
    private static func references(_ manifest: Manifest) -> [Descriptor] {
        [manifest.config].compactMap(\.self) + manifest.layers + manifest.manifests
    }

    /// Absolute, as whoever made the request would ask for it: `http.host` where it is set, else the request's own.
    private func url(_ request: RegistryRequest, _ repository: RepositoryName, _ rest: String) -> String {
        if !request.settings.locationPrefix.isEmpty { return request.location(repository, rest) }
        let isFromProxy = request.context.isFromProxy
        let scheme = isFromProxy ? request.headers[.forwardedProto] ?? "http" : "http"
        return "\(scheme)://\(Self.host(request))/v2/\(repository)/\(rest)"
    }

    private static func host(_ request: RegistryRequest) -> String {
        let forwarded = request.context.isFromProxy ? request.headers[.forwardedHost] : nil
        return forwarded ?? request.request.head.authority ?? ""
    }
}

extension HTTPField.Name {
    /// `X-Forwarded-Host`, believed of our own proxy only.
    fileprivate static let forwardedHost = Self.known("X-Forwarded-Host")
    /// `X-Forwarded-Proto`, likewise.
    fileprivate static let forwardedProto = Self.known("X-Forwarded-Proto")
}

extension NotificationHub {
    /// The hub of a registry: its queues are beside the images.
    convenience init(_ configuration: RegistryConfiguration, logger: Logger) {
        var port: Int?
        if case .tcp(_, let number) = configuration.address { port = number }
        self.init(
            folder: "\(configuration.root)/docker/registry/v2/.notifications", source: EventSource(port: port),
            logger: logger)
    }
}
