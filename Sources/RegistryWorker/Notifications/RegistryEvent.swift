import BundleLog
import RegistryModel
import RegistryStorage

/// What happened to an image, in the words of distribution's notifications.
/// - Source: distribution's `notifications/event.go`; held against what its 2.8 sends.
struct RegistryEvent: Sendable {
    /// What was done.
    enum Action: String, Sendable, CaseIterable {
        case push, pull, mount, delete
    }

    /// What it was done to. Fields that are nil are left out.
    struct Target: Sendable {
        var mediaType: String?
        var size: Int?
        var digest: Digest?
        var repository: RepositoryName
        var fromRepository: RepositoryName?
        var url: String?
        var tag: Tag?
        var references: [Descriptor] = []
    }

    /// The request that did it.
    struct Origin: Sendable {
        var id: String
        var address: String
        var host: String
        var method: String
        var userAgent: String
        var user: String
    }

    var id = UploadID().description
    var timestamp = Timestamp.now()
    var action: Action
    var target: Target
    var origin: Origin

    /// The event as one line of JSON.
    func json(source: EventSource) -> [UInt8] {
        var line = JSONLine()
        line.add("id", id)
        line.add("timestamp", timestamp)
        line.add("action", action.rawValue)
        line.add(object: targetObject, for: "target")
        var request = JSONLine()
        request.add("id", origin.id)
        if !origin.address.isEmpty { request.add("addr", origin.address) }
        if !origin.host.isEmpty { request.add("host", origin.host) }
        request.add("method", origin.method)
        request.add("useragent", origin.userAgent)
        line.add(object: request, for: "request")
        var actor = JSONLine()
        if !origin.user.isEmpty { actor.add("name", origin.user) }
        line.add(object: actor, for: "actor")
        var place = JSONLine()
        place.add("addr", source.address)
        place.add("instanceID", source.instance)
        line.add(object: place, for: "source")
        return line.finished().dropLast()
    }

    private var targetObject: JSONLine {
        var line = JSONLine()
        if let type = target.mediaType { line.add("mediaType", type) }
        if let size = target.size { line.add("size", size) }
        if let digest = target.digest { line.add("digest", digest.description) }
        if let size = target.size { line.add("length", size) }
        line.add("repository", target.repository.description)
        if let from = target.fromRepository { line.add("fromRepository", from.description) }
        if let url = target.url { line.add("url", url) }
        if let tag = target.tag { line.add("tag", tag.description) }
        if !target.references.isEmpty {
            let references = target.references.map { descriptor in
                var line = JSONLine()
                line.add("mediaType", descriptor.mediaType)
                line.add("size", descriptor.size)
                line.add("digest", descriptor.digest.description)
                return line
            }
            line.add(objects: references, for: "references")
        }
        return line
    }

    /// `{"events":[…]}` around one event: distribution sends them one by one, and receivers count on it.
    static func envelope(_ event: [UInt8]) -> [UInt8] {
        Array("{\"events\":[".utf8) + event + Array("]}".utf8)
    }
}
