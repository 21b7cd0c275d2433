/// Why bytes are no manifest that this registry takes. Every case becomes MANIFEST_INVALID with its sentence.
package enum ManifestRefusal: Error, Equatable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    case notJSON
    case repeatedKey(String)
    case malformed(path: String, problem: String)
    case schema1
    case schemaVersion(Int?)
    case mediaTypeMismatch(declared: String, found: String)
    case mediaTypeUnknown(String)
    case ambiguous

    package var description: String {
        switch self {
        case .tooLarge(let limit): "the manifest is larger than \(limit) bytes"
        case .tooDeep(let limit): "the manifest is nested more than \(limit) levels deep"
        case .notJSON: "the manifest is not a JSON object in UTF-8"
        case .repeatedKey(let key): "\(key) stands twice in the manifest: it must stand once"
        case .malformed(let path, let problem): "\(path): \(problem)"
        case .schema1: "docker's schema 1 is no longer taken: push again with docker 1.10 or newer (schema 2 or OCI)"
        case .schemaVersion(let version):
            "schemaVersion is \(version.map(String.init) ?? "missing"): it must be 2"
        case .mediaTypeMismatch(let declared, let found):
            "the request's Content-Type is \(declared), but the manifest is \(found): they must be the same"
        case .mediaTypeUnknown(let type):
            "\(type) is no type of manifest: use docker's schema 2 or list, or OCI's image manifest or index"
        case .ambiguous: "the manifest has both layers and manifests: it must be an image or an index"
        }
    }
}
