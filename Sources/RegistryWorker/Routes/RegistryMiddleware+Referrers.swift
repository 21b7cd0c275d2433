import HTTPService
import HTTPTypes
import Hummingbird
import RegistryModel
import RegistryStorage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What refers to a manifest: signatures, attestations, bills of materials.
/// - Source: OCI distribution-spec 1.1, "Listing Referrers".
extension RegistryMiddleware {
    /// The answer is an image index that is made on the fly.
    private struct ReferrerIndex: Encodable {
        let schemaVersion = 2
        let mediaType = MediaType.ociIndex
        var manifests: [Descriptor]

        private enum CodingKeys: String, CodingKey {
            case schemaVersion, mediaType, manifests
        }
    }

    func referrers(
        _ request: RegistryRequest, _ repository: RepositoryName, _ text: String
    ) async throws -> Response {
        guard request.method == .get || request.isHead else { throw methodNotAllowed("GET, HEAD") }
        let digest = try request.digest(text)
        let request = try await admit(request, .repository(repository, "pull"))
        var found = try await storage.referrers(of: digest, in: repository)
        var headers = HTTPFields()
        if let type = request.query["artifactType"], !type.isEmpty {
            found.removeAll { $0.artifactType != type }
            headers[.filtersApplied] = "artifactType"
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(ReferrerIndex(manifests: found))
        return request.json(ByteBuffer(bytes: body), type: MediaType.ociIndex, headers)
    }
}
