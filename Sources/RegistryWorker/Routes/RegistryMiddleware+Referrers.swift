import HTTPService
import HTTPTypes
import Hummingbird
import Logging
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
    func referrers(
        _ request: RegistryRequest, _ repository: RepositoryName, _ text: String
    ) async throws -> Response {
        guard request.method == .get || request.isHead else { throw methodNotAllowed("GET, HEAD") }
        let digest = try request.digest(text)
        let request = try await admit(request, .repository(repository, "pull"))
        var found = try await storage.referrers(of: digest, in: repository)
        let known = Set(found.map(\.digest))
        found += try await tagged(digest, in: repository).filter { !known.contains($0.digest) }
        var headers = HTTPFields()
        if let type = request.query["artifactType"], !type.isEmpty {
            found.removeAll { $0.artifactType != type }
            headers[.filtersApplied] = "artifactType"
        }
        return request.json(
            ByteBuffer(bytes: try ReferrerIndex(manifests: found).bytes()), type: MediaType.ociIndex, headers)
    }

    /// What a client without this interface has listed under the subject's tag, and what is really there of it.
    /// - Source: "Referrers Tag Schema", and "Enabling the Referrers API": what is listed there must be found here.
    private func tagged(
        _ subject: Digest, in repository: RepositoryName
    ) async throws(StorageError) -> [Descriptor] {
        guard let list = try await referrersTag(of: subject, in: repository) else { return [] }
        var found: [Descriptor] = []
        for var descriptor in list.manifests {
            guard let stored = try await present(.digest(descriptor.digest), in: repository),
                let manifest = try? Manifest(bytes: Array(stored.bytes.readableBytesView))
            else { continue }
            // One that names another subject belongs to that.
            if let named = manifest.subject, named.digest != subject { continue }
            descriptor.mediaType = stored.mediaType
            descriptor.size = stored.bytes.readableBytes
            descriptor.artifactType = manifest.artifactType ?? descriptor.artifactType
            descriptor.annotations = manifest.annotations.isEmpty ? descriptor.annotations : manifest.annotations
            descriptor.urls = []
            descriptor.platform = nil
            found.append(descriptor)
        }
        return found
    }

    /// The index under a subject's tag.
    func referrersTag(
        of subject: Digest, in repository: RepositoryName
    ) async throws(StorageError) -> Manifest? {
        guard let tag = Tag(referrersOf: subject), let stored = try await present(.tag(tag), in: repository),
            let index = try? Manifest(bytes: Array(stored.bytes.readableBytesView)), index.kind == .index
        else { return nil }
        return index
    }

    /// A manifest, nil when there is none.
    func present(
        _ reference: Reference, in repository: RepositoryName
    ) async throws(StorageError) -> StoredManifest? {
        do throws(StorageError) {
            return try await storage.manifest(reference, in: repository)
        } catch .manifestUnknown {
            return nil
        } catch {
            throw error
        }
    }

    /// Keeps the list of a client without this interface in step, where there is one: that client would not see otherwise
    /// what others push, nor that something is gone.
    ///
    /// One at a time; where it fails, a line in the log is all: the list is a convenience, this interface tells the truth.
    func keepReferrersTag(
        _ request: RegistryRequest, of subject: Digest, in repository: RepositoryName,
        _ change: @Sendable (inout [Descriptor]) -> Void
    ) async {
        await referrersTurn.take()
        do throws(StorageError) {
            if let index = try await referrersTag(of: subject, in: repository), let tag = Tag(referrersOf: subject) {
                try await rewrite(index, tag, in: repository, change)
            }
        } catch {
            request.logger.warning("cannot keep the list of what refers to \(subject.short) in step: \(error)")
        }
        await referrersTurn.giveBack()
    }

    private func rewrite(
        _ index: Manifest, _ tag: Tag, in repository: RepositoryName, _ change: @Sendable (inout [Descriptor]) -> Void
    ) async throws(StorageError) {
        var list = index.manifests
        change(&list)
        guard list != index.manifests else { return }
        if list.isEmpty { return try await storage.deleteTag(tag, in: repository) }
        guard let bytes = try? ReferrerIndex(manifests: list).bytes(), var manifest = try? Manifest(bytes: bytes),
            let digest = ContentHash.digest(of: bytes)
        else { return }
        // What an old client has listed and another has deleted does not stand in the way.
        manifest.requiredManifests = []
        try await storage.put(manifest, as: digest, tags: [tag], in: repository)
    }
}
