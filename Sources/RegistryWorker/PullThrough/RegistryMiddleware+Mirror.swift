import HTTPService
import RegistryModel
import RegistryStorage

/// What the handlers ask of the upstream, where there is one.
extension RegistryMiddleware {
    /// Makes sure that a manifest is here, and the upstream's.
    func prepare(_ reference: Reference, in repository: RepositoryName) async throws(OCIError) {
        try await mirror?.prepare(reference, in: repository)
    }

    func findBlob(_ digest: Digest, in repository: RepositoryName) async throws -> BlobInfo {
        guard let mirror else { return try await storage.blob(digest, in: repository) }
        return try await mirror.blob(digest, in: repository)
    }

    func openBlob(_ digest: Digest, in repository: RepositoryName) async throws -> any BlobReader {
        guard let mirror else { return try await storage.open(digest, in: repository) }
        return try await mirror.open(digest, in: repository)
    }

    /// - Throws: 405 where everything comes from the upstream.
    func requireOwn() throws(OCIError) {
        guard let mirror else { return }
        throw OCIError(
            .unsupported,
            message: "this registry is a cache of \(mirror.settings.url.authority): push and delete there")
    }
}
