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

    /// - Parameter path: as it stands in the request, percent-encoded.
    init(_ path: String) {
        self = .unknown
        guard let path = RequestQuery.decode(path) else { return }
        if path == "/healthz" {
            self = .health
            return
        }
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
