import BundleLog
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import RegistryModel
import RegistryStorage

/// Manifests: pulled, pushed and deleted, by tag and by digest.
extension RegistryMiddleware {
    func manifest(
        _ request: RegistryRequest, _ repository: RepositoryName, _ text: String
    ) async throws -> Response {
        let reference = try Self.reference(text)
        switch request.method {
        case .get, .head:
            return try await getManifest(
                try await admit(request, .repository(repository, "pull")), repository, reference)
        case .put:
            let request = try await admit(request, .repository(repository, "pull", "push"))
            try requireWritable(request)
            return try await putManifest(request, repository, reference)
        case .delete:
            let request = try await admit(request, .repository(repository, "delete"))
            try requireDeletable(request)
            return try await deleteManifest(request, repository, reference)
        default: throw methodNotAllowed("GET, HEAD, PUT, DELETE")
        }
    }

    private static func reference(_ text: String) throws(OCIError) -> Reference {
        do throws(Reference.Refusal) {
            return try Reference(text)
        } catch {
            switch error {
            case .tagInvalid: throw OCIError(.tagInvalid, detail: ["tag": String(text.prefix(200))])
            case .digestInvalid: throw OCIError(.digestInvalid, detail: ["digest": String(text.prefix(200))])
            }
        }
    }

    private func getManifest(
        _ request: RegistryRequest, _ repository: RepositoryName, _ reference: Reference
    ) async throws -> Response {
        try await prepare(reference, in: repository)
        let manifest = try await storage.manifest(reference, in: repository)
        tellPull(request, repository, reference, manifest)
        let etag = "\"\(manifest.digest)\""
        var headers: HTTPFields = [.contentDigest: manifest.digest.description, .eTag: etag]
        if Self.matches(request.headers[.ifNoneMatch], etag) { return request.empty(.notModified, headers) }
        headers[.contentType] = manifest.mediaType
        headers[.contentLength] = String(manifest.bytes.readableBytes)
        if !request.isHead { logPull(request, repository, reference, manifest) }
        storage.notePull(of: manifest.digest, in: repository, counts: !request.isHead)
        return Response(
            status: .ok, headers: headers, body: request.isHead ? .init() : .init(byteBuffer: manifest.bytes))
    }

    /// Whether If-None-Match names this content; clients send it with and without quotes.
    static func matches(_ header: String?, _ etag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: Character(",")).contains { part in
            var text = part.drop { $0 == " " }
            while text.last == " " { text.removeLast() }
            if text.hasPrefix("W/") { text = text.dropFirst(2) }
            return text == etag || "\"\(text)\"" == etag || text == "*"
        }
    }

    private func putManifest(
        _ request: RegistryRequest, _ repository: RepositoryName, _ reference: Reference
    ) async throws -> Response {
        let bytes = try await Self.collect(request)
        var manifest: Manifest
        do throws(ManifestRefusal) {
            manifest = try Manifest(bytes: bytes, contentType: request.headers[.contentType])
        } catch {
            throw OCIError(.manifestInvalid, message: error.description)
        }
        try request.settings.content.apply(to: &manifest)
        let digest: Digest
        var tags: [Tag] = []
        switch reference {
        case .digest(let named):
            guard let computed = ContentHash.digest(of: bytes, named.algorithm), computed == named else {
                throw OCIError(.digestInvalid, message: "the manifest's content is not \(named): send it unchanged")
            }
            digest = named
            for text in request.query.all("tag") {
                guard let tag = Tag(text) else {
                    throw OCIError(.tagInvalid, detail: ["tag": String(text.prefix(200))])
                }
                tags.append(tag)
            }
        case .tag(let tag):
            guard let computed = ContentHash.digest(of: bytes) else { throw OCIError(.unknown) }
            digest = computed
            tags = [tag]
        }
        try await setting(tags, in: repository, to: digest, request) {
            try await storage.put(manifest, as: digest, tags: tags, in: repository)
        }
        logPush(request, repository, reference, manifest, digest)
        await tellPush(request, repository, manifest, digest, tags: tags)
        if let subject = manifest.subject {
            let entry = Descriptor(
                mediaType: manifest.mediaType, digest: digest, size: bytes.count, annotations: manifest.annotations,
                artifactType: manifest.artifactType)
            await keepReferrersTag(request, of: subject.digest, in: repository) { list in
                if !list.contains(where: { $0.digest == digest }) { list.append(entry) }
            }
        }
        var headers: HTTPFields = [
            .location: request.location(repository, "manifests/\(digest)"), .contentDigest: digest.description,
        ]
        if let subject = manifest.subject { headers[.subject] = subject.digest.description }
        if case .digest = reference {
            for tag in tags { headers.append(HTTPField(name: .ociTag, value: tag.description)) }
        }
        return request.empty(.created, headers)
    }

    private static func collect(_ request: RegistryRequest) async throws -> [UInt8] {
        let tooLarge = OCIError(
            .manifestInvalid, message: ManifestRefusal.tooLarge(limit: Manifest.maximumSize).description,
            status: .contentTooLarge)
        if let length = request.headers[.contentLength].flatMap(Int.init), length > Manifest.maximumSize {
            throw tooLarge
        }
        var bytes: [UInt8] = []
        do {
            for try await buffer in request.request.body {
                guard bytes.count + buffer.readableBytes <= Manifest.maximumSize else { throw tooLarge }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let error as OCIError {
            throw error
        } catch {
            throw OCIError(.manifestInvalid, message: "the request's body ended early")
        }
        return bytes
    }

    /// What a manifest refers to, as far as it can be read.
    private func subject(of digest: Digest, in repository: RepositoryName) async throws(StorageError) -> Digest? {
        do throws(StorageError) {
            let bytes = try await storage.manifest(.digest(digest), in: repository).bytes
            return (try? Manifest(bytes: Array(bytes.readableBytesView)))?.subject?.digest
        } catch .corrupt {
            return nil
        } catch .manifestUnknown {
            return nil
        } catch {
            throw error
        }
    }

    private func deleteManifest(
        _ request: RegistryRequest, _ repository: RepositoryName, _ reference: Reference
    ) async throws -> Response {
        try await requireMutable(reference, in: repository, request)
        var gone: [Tag] = []
        switch reference {
        case .tag(let tag):
            try await storage.deleteTag(tag, in: repository)
            await tellDelete(request, repository, tag: tag)
        case .digest(let digest):
            let subject = try await subject(of: digest, in: repository)
            gone = try await storage.deleteManifest(digest, in: repository)
            await tellDelete(request, repository, digest: digest)
            for tag in gone { await tellDelete(request, repository, tag: tag) }
            if let subject {
                await keepReferrersTag(request, of: subject, in: repository) { list in
                    list.removeAll { $0.digest == digest }
                }
            }
        }
        let with = gone.isEmpty ? "" : " and its tags \(gone.map(\.description).joined(separator: ", "))"
        log(request, repository, "deleted", "deleted \(repository)\(reference.suffix)\(with)")
        return request.empty(.accepted)
    }
}

// MARK: - Sentences

extension RegistryMiddleware {
    /// `pushed team/app:1.4 sha256:12ab… (3 layers, 84 MiB) by ci from 10.0.0.7 in 2.1 s`
    private func logPush(
        _ request: RegistryRequest, _ repository: RepositoryName, _ reference: Reference, _ manifest: Manifest,
        _ digest: Digest
    ) {
        let elapsed =
            journal.pushEnds(by: request.caller, from: request.context.remoteAddress, to: repository)
            ?? request.start.duration(to: .now)
        let content: String
        switch manifest.kind {
        case .image:
            content = "\(Wording.count(manifest.layers.count, "layer")), \(Wording.size(manifest.contentSize))"
        case .index: content = Wording.count(manifest.manifests.count, "manifest")
        }
        var name = "\(repository)"
        if case .tag(let tag) = reference { name += ":\(tag)" }
        log(
            request, repository, "pushed", "pushed \(name) \(digest.short) (\(content))",
            ending: " in \(Wording.time(elapsed))",
            [
                "digest": "\(digest)", LogField.bytes: .stringConvertible(manifest.contentSize),
                LogField.durationMilliseconds: .stringConvertible((elapsed / .milliseconds(1)).rounded()),
            ])
    }

    private func logPull(
        _ request: RegistryRequest, _ repository: RepositoryName, _ reference: Reference, _ manifest: StoredManifest
    ) {
        guard BundleLog.level <= .info else { return }
        let remote = request.context.remoteAddress
        guard let untold = journal.pull(of: manifest.digest, by: request.caller, from: remote, in: repository) else {
            return
        }
        let content: String
        switch manifest.kind {
        case .image: content = "\(Wording.count(manifest.layerCount, "layer")), \(Wording.size(manifest.contentSize))"
        case .index: content = "an index"
        }
        var name = "\(repository)"
        if case .tag(let tag) = reference { name += ":\(tag)" }
        log(
            request, repository, "pulled", "pulled \(name) \(manifest.digest.short) (\(content))",
            ending: untold == 0 ? "" : ", and \(Wording.count(untold, "time")) more since the last line about it",
            ["digest": "\(manifest.digest)"])
    }

    /// One sentence about what somebody did.
    func log(
        _ request: RegistryRequest, _ repository: RepositoryName, _ event: String, _ sentence: String,
        ending: String = "", _ fields: Logger.Metadata = [:]
    ) {
        guard BundleLog.level <= .info else { return }
        let remote = request.context.remoteAddress
        var fields = fields
        fields[LogField.event] = "\(event)"
        fields[LogField.user] = "\(request.caller.name)"
        fields[LogField.repository] = "\(repository)"
        fields[LogField.remote] = "\(remote)"
        let place = remote.isEmpty ? "" : " from \(remote)"
        request.logger.info("\(sentence) by \(request.caller.words)\(place)\(ending)", metadata: fields)
    }
}
