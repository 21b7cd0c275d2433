import HTTPService
import HTTPTypes
import Hummingbird
import RegistryModel
import RegistryStorage

/// Quotas of bytes: what uploads in flight have announced or sent counts as if it were stored.
extension RegistryMiddleware {
    /// How much a body that does not announce its length may take at a time.
    private static let step = 1 << 20

    func hasQuota(_ request: RegistryRequest, _ repository: RepositoryName) -> Bool {
        request.settings.policy.quota(of: repository)?.bytes != nil
    }

    /// The bytes that a request announces; of a chunk, its own. 0 when the client does not say.
    func announced(_ request: RegistryRequest) -> Int {
        request.headers[.contentLength].flatMap { Int($0) } ?? 0
    }

    /// - Parameters:
    ///   - bytes: that are to come in all; 0 when nobody knows: then a repository that is full is refused all the same.
    ///   - id: of the upload that they are reserved for; nil only asks.
    /// - Throws: DENIED. While the index is being built nobody is refused.
    func requireRoom(
        _ request: RegistryRequest, _ repository: RepositoryName, _ bytes: Int, for id: UploadID? = nil,
        isCommitting: Bool = false
    ) async throws {
        guard let quota = request.settings.policy.quota(of: repository), let limit = quota.bytes else { return }
        let refusal = try await reservations.reserve(
            bytes, for: id, in: repository, limit: limit, isCommitting: isCommitting
        ) {
            try await usage(repository)
        } isGone: { other in
            try await size(of: other, in: repository) == nil
        }
        guard let refusal else { return }
        throw OCIError(
            .denied, message: quota.sentence(repository, refusal.usage, reserved: refusal.reserved),
            detail: ["name": "\(repository)"])
    }

    /// Appends a body within the quota; an upload that is over it is cancelled.
    /// - Throws: DENIED, before anything is read where the client announces its length, else when it becomes too much.
    func append(
        _ request: RegistryRequest, to id: UploadID, in repository: RepositoryName, at offset: Int?, isLast: Bool
    ) async throws -> Upload {
        let body = request.request.body
        guard hasQuota(request, repository) else {
            return try await storage.append(body, to: id, in: repository, at: offset, isLast: isLast)
        }
        let before = try await storage.upload(id, in: repository).size
        do {
            try await requireRoom(request, repository, before + announced(request), for: id)
            let limited = LimitedBody(base: body) { count in
                try await allow(before + count, for: id, request, repository)
            }
            let upload = try await storage.append(limited, to: id, in: repository, at: offset, isLast: isLast)
            await reservations.settle(id, in: repository, at: upload.size)
            return upload
        } catch {
            throw await settling(id, repository, after: error)
        }
    }

    /// Commits an upload that has its place in the quota.
    func commit(
        _ request: RegistryRequest, _ id: UploadID, in repository: RepositoryName, as digest: Digest
    ) async throws -> BlobInfo {
        guard hasQuota(request, repository) else { return try await storage.commit(id, in: repository, as: digest) }
        do {
            // One that began before a restart, or before there was a quota, has no place yet.
            let size = try await storage.upload(id, in: repository).size
            try await requireRoom(request, repository, size, for: id)
        } catch {
            throw await settling(id, repository, after: error)
        }
        await reservations.beginCommit(id, in: repository)
        do {
            let info = try await storage.commit(id, in: repository, as: digest)
            await reservations.endCommit(id, in: repository, isDone: true)
            return info
        } catch {
            await reservations.endCommit(id, in: repository, isDone: false)
            throw await settling(id, repository, after: error)
        }
    }

    /// Mounts a blob, if it is there, within the quota.
    /// - Returns: nil when the source does not hold it.
    /// - Throws: DENIED.
    func mount(
        _ request: RegistryRequest, _ digest: Digest, from source: RepositoryName, into repository: RepositoryName
    ) async throws -> BlobInfo? {
        guard hasQuota(request, repository), source != repository,
            try await blob(digest, in: repository) == nil
        else { return try await mount(digest, from: source, into: repository) }
        guard let info = try await blob(digest, in: source) else { return nil }
        let id = UploadID()
        try await requireRoom(request, repository, info.size, for: id, isCommitting: true)
        do {
            let mounted = try await mount(digest, from: source, into: repository)
            await reservations.endCommit(id, in: repository, isDone: true)
            return mounted
        } catch {
            await reservations.endCommit(id, in: repository, isDone: true)
            throw error
        }
    }

    /// Room for what has come, and a little ahead where there is some.
    private func allow(
        _ bytes: Int, for id: UploadID, _ request: RegistryRequest, _ repository: RepositoryName
    ) async throws {
        if await reservations.holds(bytes, for: id, in: repository) { return }
        do {
            try await requireRoom(request, repository, bytes + Self.step, for: id)
        } catch let error as OCIError where error.code == .denied {
            try await requireRoom(request, repository, bytes, for: id)
        }
    }

    /// Corrects what is reserved for an upload after a request that failed.
    /// - Returns: what the client is told.
    private func settling(_ id: UploadID, _ repository: RepositoryName, after error: any Error) async -> any Error {
        var error = error
        if case StorageError.uploadBusy = error { return error }
        if case StorageError.bodyFailed(let cause) = error, cause is OCIError { error = cause }
        if let refusal = error as? OCIError, refusal.code == .denied {
            try? await storage.cancelUpload(id, in: repository)
        }
        if let size = try? await size(of: id, in: repository) {
            await reservations.settle(id, in: repository, at: size)
        } else {
            await reservations.release(id, in: repository)
        }
        return error
    }

    /// - Returns: nil when the upload has ended.
    private func size(of id: UploadID, in repository: RepositoryName) async throws(StorageError) -> Int? {
        do throws(StorageError) {
            return try await storage.upload(id, in: repository).size
        } catch .uploadUnknown {
            return nil
        } catch {
            throw error
        }
    }

    private func blob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> BlobInfo? {
        do throws(StorageError) {
            return try await storage.blob(digest, in: repository)
        } catch .blobUnknown {
            return nil
        } catch {
            throw error
        }
    }

    private func mount(
        _ digest: Digest, from source: RepositoryName, into repository: RepositoryName
    ) async throws(StorageError) -> BlobInfo? {
        do throws(StorageError) {
            return try await storage.mount(digest, from: source, into: repository)
        } catch .blobUnknown {
            return nil
        } catch {
            throw error
        }
    }
}
