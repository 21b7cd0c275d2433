import HTTPService
import RegistryModel

/// What a request's path means. Names may have slashes, so the path is read from its end.
enum RegistryPath: Equatable {
    case health
    case base
    case catalog
    case tags(RepositoryName)
    case manifest(RepositoryName, reference: String)
    case blob(RepositoryName, digest: String)
    case uploads(RepositoryName)
    case upload(RepositoryName, id: String)
    case referrers(RepositoryName, digest: String)
    /// A path of the registry with a name that breaks the grammar.
    case invalidName(String)
    case unknown

    /// - Parameters:
    ///   - path: as it stands in the request, percent-encoded.
    ///   - prefix: what stands before `/v2/`, such as `/registry`.
    init(_ path: String, below prefix: String = "") {
        self = .unknown
        guard var path = RequestQuery.decode(path) else { return }
        if path == "/healthz" {
            self = .health
            return
        }
        guard path.hasPrefix(prefix) else { return }
        path.removeFirst(prefix.count)
        guard path == "/v2" || path.hasPrefix("/v2/") else { return }
        let parts = path.dropFirst(4).split(separator: Character("/"), omittingEmptySubsequences: false).map(
            String.init)
        let count = parts.count
        if count <= 1 && (parts.first ?? "").isEmpty {
            self = .base
        } else if parts == ["_catalog"] {
            self = .catalog
        } else if count > 3, parts[(count - 3)...].elementsEqual(["blobs", "uploads", ""]) {
            self = Self.named(parts.dropLast(3)) { .uploads($0) }
        } else if count > 3, parts[(count - 3)...(count - 2)].elementsEqual(["blobs", "uploads"]) {
            self = Self.named(parts.dropLast(3)) { .upload($0, id: parts[count - 1]) }
        } else if count > 2 {
            self = Self.ending(parts)
        }
    }

    /// The word under which requests of this kind are counted.
    /// - Source: distribution's route names, with an underscore as its metrics have them.
    var handler: String {
        switch self {
        case .health: "health"
        case .base: "base"
        case .catalog: "catalog"
        case .tags: "tags"
        case .manifest: "manifest"
        case .blob: "blob"
        case .uploads: "blob_upload"
        case .upload: "blob_upload_chunk"
        case .referrers: "referrers"
        case .invalidName, .unknown: "other"
        }
    }

    /// What may be done there, for Allow.
    var methods: String {
        switch self {
        case .health, .base, .catalog, .tags, .referrers, .invalidName, .unknown: "GET, HEAD, OPTIONS"
        case .manifest: "GET, HEAD, PUT, DELETE, OPTIONS"
        case .blob: "GET, HEAD, DELETE, OPTIONS"
        case .uploads: "POST, OPTIONS"
        case .upload: "GET, PATCH, PUT, DELETE, OPTIONS"
        }
    }

    private static func ending(_ parts: [String]) -> RegistryPath {
        let last = parts[parts.count - 1]
        let name = parts.dropLast(2)
        switch (parts[parts.count - 2], last) {
        case ("tags", "list"): return named(name) { .tags($0) }
        case ("blobs", "uploads"): return named(name) { .uploads($0) }
        case ("manifests", _): return named(name) { .manifest($0, reference: last) }
        case ("blobs", _): return named(name) { .blob($0, digest: last) }
        case ("referrers", _): return named(name) { .referrers($0, digest: last) }
        default: return .unknown
        }
    }

    private static func named(_ parts: ArraySlice<String>, _ make: (RepositoryName) -> RegistryPath) -> RegistryPath {
        let text = parts.joined(separator: "/")
        guard let name = RepositoryName(text) else { return .invalidName(text) }
        return make(name)
    }
}
