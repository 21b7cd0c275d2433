import HTTPService
import HTTPTypes
import Hummingbird
import RegistryModel
import RegistryStorage

/// Uploads: begun, continued, finished, cancelled.
/// - Source: OCI distribution-spec 1.1, "Pushing blobs".
extension RegistryMiddleware {
    /// `POST …/blobs/uploads/`: a mount, a whole blob, or the beginning of an upload.
    func beginUpload(_ request: RegistryRequest, _ repository: RepositoryName) async throws -> Response {
        guard request.method == .post else { throw methodNotAllowed("POST") }
        let mount = try request.query["mount"].map(request.digest)
        let source = try request.query["from"].flatMap { $0.isEmpty ? nil : $0 }.map(Self.repository)
        var scopes = [Scope.repository(repository, "pull", "push")]
        if mount != nil, let source, source != repository { scopes.append(.repository(source, "pull")) }
        var request = request
        request.caller = try await request.settings.gate.admit(
            request.headers, needs: scopes, origin: request.origin)
        try requireWritable(request)
        journal.pushBegins(by: request.caller, from: request.context.remoteAddress, to: repository)
        if let mount, let info = try await mounted(mount, from: source, into: repository, request) {
            await tellBlob(request, repository, info, from: source ?? repository)
            return created(request, repository, info)
        }
        try await requireRoom(request, repository, announced(request))
        let whole = try request.query["digest"].map(request.digest)
        let upload = try await storage.beginUpload(
            in: repository, algorithm: try whole?.algorithm ?? mount?.algorithm ?? Self.algorithm(request))
        guard let whole, mount == nil else {
            return progress(request, repository, upload, status: .accepted)
        }
        do {
            _ = try await append(request, to: upload.id, in: repository, at: 0, isLast: true)
            let info = try await commit(request, upload.id, in: repository, as: whole)
            await tellBlob(request, repository, info)
            return created(request, repository, info)
        } catch {
            try? await storage.cancelUpload(upload.id, in: repository)
            await reservations.release(upload.id, in: repository)
            throw error
        }
    }

    /// What `…/blobs/uploads/<id>` takes.
    func upload(_ request: RegistryRequest, _ repository: RepositoryName, _ text: String) async throws -> Response {
        let request = try await admit(request, .repository(repository, "pull", "push"))
        guard let id = UploadID(text) else { throw OCIError(.blobUploadUnknown) }
        switch request.method {
        case .get, .head:
            let upload = try await storage.upload(id, in: repository)
            return progress(request, repository, upload, status: .noContent)
        case .patch:
            try requireWritable(request)
            let upload = try await receive(request, repository, id, isLast: false)
            return progress(request, repository, upload, status: .accepted)
        case .put:
            try requireWritable(request)
            return try await finish(request, repository, id)
        case .delete:
            try requireWritable(request)
            try await storage.cancelUpload(id, in: repository)
            await reservations.release(id, in: repository)
            return request.empty(.noContent)
        default: throw methodNotAllowed("GET, PATCH, PUT, DELETE")
        }
    }

    /// `PUT …/blobs/uploads/<id>?digest=`: the last chunk, if any, and the content's name.
    private func finish(
        _ request: RegistryRequest, _ repository: RepositoryName, _ id: UploadID
    ) async throws -> Response {
        guard let text = request.query["digest"] else {
            throw OCIError(.digestInvalid, message: "the upload cannot be finished without ?digest=")
        }
        let digest = try request.digest(text)
        if request.hasBody { _ = try await receive(request, repository, id, isLast: true) }
        let info = try await commit(request, id, in: repository, as: digest)
        await tellBlob(request, repository, info)
        return created(request, repository, info)
    }

    /// Takes a body to an upload; with Content-Range only just where the upload ends.
    private func receive(
        _ request: RegistryRequest, _ repository: RepositoryName, _ id: UploadID, isLast: Bool
    ) async throws -> Upload {
        var range: ChunkRange?
        let length = request.headers[.contentLength].flatMap(Int.init)
        if let text = request.headers[.contentRange], length != 0 {
            guard let parsed = ChunkRange(text) else {
                throw OCIError(.rangeInvalid, message: "Content-Range \(text.prefix(60)) is not of the form 0-1023")
            }
            if let length, length != parsed.count {
                throw OCIError(
                    .sizeInvalid, message: "Content-Range has \(parsed.count) bytes, Content-Length \(length)")
            }
            range = parsed
        }
        do {
            let upload = try await append(
                request, to: id, in: repository, at: range?.start, isLast: isLast)
            if let range, upload.size != range.start + range.count {
                throw OCIError(.sizeInvalid, message: "the body has not the length that Content-Range says")
            }
            return upload
        } catch StorageError.offsetMismatch(let expected, let given) {
            var error = OCIError(.offsetMismatch(expected: expected, given: given))
            error.headers = progress(request, repository, Upload(id: id, size: expected), status: .accepted).headers
            throw error
        }
    }

    /// How many repositories are looked through for a blob when the client does not name one.
    static let mountSearch = 1_000

    /// Mounts from the source, or without one from a repository that the caller may pull from and that has the blob.
    /// - Returns: nil when none holds it: then it is uploaded.
    /// - Source: OCI distribution-spec, "Mounting a blob from another repository": `from` may be left out.
    private func mounted(
        _ digest: Digest, from source: RepositoryName?, into repository: RepositoryName,
        _ request: RegistryRequest
    ) async throws -> BlobInfo? {
        if let source { return try await mount(request, digest, from: source, into: repository) }
        if let own = try await mount(request, digest, from: repository, into: repository) { return own }
        let others: [RepositoryName]
        if let named = request.caller.named {
            others = named
        } else {
            others = try await storage.repositories(limit: Self.mountSearch, after: nil).elements
        }
        for other in others where other != repository {
            if let info = try await mount(request, digest, from: other, into: repository) { return info }
        }
        return nil
    }

    private func progress(
        _ request: RegistryRequest, _ repository: RepositoryName, _ upload: Upload, status: HTTPResponse.Status
    ) -> Response {
        request.empty(
            status,
            [
                .location: request.location(repository, "blobs/uploads/\(upload.id)"),
                .range: "0-\(max(upload.size - 1, 0))", .uploadID: upload.id.description,
            ])
    }

    private func created(_ request: RegistryRequest, _ repository: RepositoryName, _ info: BlobInfo) -> Response {
        request.empty(
            .created,
            [
                .location: request.location(repository, "blobs/\(info.digest)"),
                .contentDigest: info.digest.description,
            ])
    }

    private static func repository(_ text: String) throws(OCIError) -> RepositoryName {
        guard let name = RepositoryName(text) else {
            throw OCIError(.nameInvalid, detail: ["from": String(text.prefix(300))])
        }
        return name
    }

    private static func algorithm(_ request: RegistryRequest) throws(OCIError) -> DigestAlgorithm {
        guard let text = request.query["digest-algorithm"] else { return .sha256 }
        guard let algorithm = DigestAlgorithm(rawValue: text) else {
            throw OCIError(.digestInvalid, message: "digest-algorithm is \(text.prefix(40)): use sha256 or sha512")
        }
        return algorithm
    }
}
