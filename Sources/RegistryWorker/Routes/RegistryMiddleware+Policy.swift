import HTTPService
import HTTPTypes
import RegistryModel
import RegistryStorage

/// What the policy forbids, before anything is stored.
extension RegistryMiddleware {
    /// Runs what sets tags, unless one of them is immutable and elsewhere, or one too many.
    /// - Throws: DENIED.
    func setting(
        _ tags: [Tag], in repository: RepositoryName, to digest: Digest, _ request: RegistryRequest,
        _ body: () async throws -> Void
    ) async throws {
        let policy = request.settings.policy
        let guarded = tags.filter { policy.isImmutable($0, in: repository) }
        // Two who set an immutable tag at once: the second comes after the first, or not at all.
        guard pushing.begin(guarded, in: repository) else {
            throw OCIError(.denied, message: "an immutable tag is being pushed by somebody else", status: .conflict)
        }
        defer { pushing.end(guarded, in: repository) }
        let quota = policy.quota(of: repository)
        for tag in tags where !guarded.isEmpty || quota?.tags != nil {
            let present = try await present(tag, repository)
            if let sentence = policy.refusal(of: tag, in: repository, to: digest, present: present) {
                throw OCIError(.denied, message: sentence, detail: ["tag": "\(tag)"])
            }
            if present == nil, let quota, let usage = try await usage(repository),
                let sentence = quota.refusalOfTag(repository, usage)
            {
                throw OCIError(.denied, message: sentence, detail: ["tag": "\(tag)"])
            }
        }
        try await body()
    }

    /// - Throws: DENIED when a tag that is to go is immutable.
    func requireMutable(_ reference: Reference, in repository: RepositoryName, _ request: RegistryRequest) async throws
    {
        let policy = request.settings.policy
        guard policy.hasImmutableTags(repository) else { return }
        let tags: [Tag]
        switch reference {
        case .tag(let tag): tags = [tag]
        case .digest(let digest): tags = try await storage.tags(of: digest, in: repository)
        }
        guard let tag = tags.first(where: { policy.isImmutable($0, in: repository) }) else { return }
        throw OCIError(
            .denied, message: "the tag \(repository):\(tag) is immutable here and is not deleted",
            detail: ["tag": "\(tag)"])
    }

    /// What a repository holds; nil while the index is being built.
    func usage(_ repository: RepositoryName) async throws(StorageError) -> RepositoryUsage? {
        do throws(StorageError) {
            return try await storage.usage(of: repository)
        } catch .repositoryUnknown {
            return RepositoryUsage(tags: 0, manifests: 0, blobs: 0, bytes: 0)
        } catch {
            throw error
        }
    }

    private func present(_ tag: Tag, _ repository: RepositoryName) async throws(StorageError) -> Digest? {
        do throws(StorageError) {
            return try await storage.manifest(.tag(tag), in: repository).digest
        } catch .manifestUnknown {
            return nil
        } catch {
            throw error
        }
    }
}
