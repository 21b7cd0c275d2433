import AsyncHTTPClient
import BundleLog
import HTTPService
import Logging
import NIOCore
import NIOHTTP1
import RegistryModel
import RegistryStorage
import Synchronization

/// The cache of an upstream registry: makes sure that what is asked for is in the storage, as far as the upstream allows.
///
/// - Truth: content by digest is never asked for twice; a tag is asked for with each pull, or after `proxy.revalidate`.
/// - Failure: what the cache has is served when the upstream does not answer, refuses, or limits; what the upstream says is gone
///   is gone.
final class PullThrough: Sendable {
    private struct TagKey: Hashable, Sendable {
        var repository: RepositoryName
        var tag: Tag
    }

    private struct Key: Hashable, Sendable {
        var repository: RepositoryName
        var digest: Digest
    }

    private struct State {
        var client: UpstreamClient
        var downloads: [Key: BlobDownload] = [:]
        var checked: [TagKey: ContinuousClock.Instant] = [:]
        /// Until then a failing upstream is left alone by those who have something in the cache.
        var restsUntil = ContinuousClock.now
        var sweep: Task<Void, Never>?
    }

    /// How long a failing upstream is left alone.
    static let rest: Duration = .seconds(5)
    /// How long one waits for an upstream when the cache has something to serve.
    static let patience: Duration = .seconds(5)
    static let accept = [
        MediaType.ociIndex, MediaType.ociManifest, MediaType.dockerManifestList, MediaType.dockerManifest,
    ].joined(separator: ", ")

    private let storage: FilesystemStorage
    private let ledger: CacheLedger
    private let logger: Logger
    private let state: Mutex<State>
    private let tags = SingleFlight<TagKey, Void>()
    private let manifests = SingleFlight<Key, Void>()

    init(_ settings: UpstreamSettings, storage: FilesystemStorage, root: String, logger: Logger) {
        self.storage = storage
        self.logger = logger
        ledger = CacheLedger(path: "\(root)/docker/registry/v2/.pullthrough/used")
        state = Mutex(State(client: UpstreamClient(settings, logger: logger)))
    }

    var settings: UpstreamSettings { client.settings }
    private var client: UpstreamClient { state.withLock { $0.client } }
    private var name: String { settings.url.authority }

    /// Takes up a configuration; what is being fetched goes on with the old one.
    func follow(_ settings: UpstreamSettings) {
        guard settings != self.settings else { return }
        let new = UpstreamClient(settings, logger: logger)
        state.withLock { state in
            state.client = new
            state.checked = [:]
        }
    }

    // MARK: - Manifests

    /// Brings a manifest into the storage, or makes sure that the one there is the upstream's.
    func prepare(_ reference: Reference, in repository: RepositoryName) async throws(OCIError) {
        do {
            switch reference {
            case .digest(let digest): try await prepare(digest, repository)
            case .tag(let tag): try await prepare(tag, repository)
            }
        } catch let failure as UpstreamFailure {
            throw failure.refusal(name, notFound: .manifestUnknown)
        } catch let error as StorageError {
            throw OCIError(error)
        } catch let error as OCIError {
            throw error
        } catch {
            throw OCIError(.unavailable)
        }
    }

    private func prepare(_ digest: Digest, _ repository: RepositoryName) async throws {
        let entry = CacheLedger.Entry(isManifest: true, repository: repository, digest: digest)
        ledger.use(entry)
        if try await stored(.digest(digest), repository) != nil { return }
        try await manifests.run(Key(repository: repository, digest: digest)) { [self] in
            let manifest = try await fetch("\(digest)", repository, expecting: digest)
            try await storage.put(manifest.0, as: manifest.1, tags: [], in: repository)
        }
    }

    private func prepare(_ tag: Tag, _ repository: RepositoryName) async throws {
        let key = TagKey(repository: repository, tag: tag)
        let local = try await stored(.tag(tag), repository)
        if let local {
            ledger.use(CacheLedger.Entry(isManifest: true, repository: repository, digest: local))
            let isFresh = state.withLock { state in
                state.restsUntil > .now
                    || state.checked[key].map { $0.duration(to: .now) < state.client.settings.revalidation } ?? false
            }
            if isFresh { return }
        }
        do {
            try await tags.run(key) { [self] in try await revalidate(tag, repository, local: local) }
            state.withLock { state in
                if state.checked.count >= 65_536 { state.checked = [:] }
                state.checked[key] = .now
            }
        } catch let failure as UpstreamFailure {
            if failure == .notFound {
                if local != nil { try? await storage.deleteTag(tag, in: repository) }
                throw failure
            }
            guard local != nil else { throw failure }
            state.withLock { $0.restsUntil = .now + Self.rest }
            logger.warning(
                "serves \(repository):\(tag) from the cache, as the upstream registry \(name) cannot be asked: \(failure.words)",
                metadata: [LogField.event: "upstream_failed", LogField.repository: "\(repository)"])
        }
    }

    private func revalidate(_ tag: Tag, _ repository: RepositoryName, local: Digest?) async throws {
        var headers: HTTPHeaders = ["Accept": Self.accept]
        if let local { headers.add(name: "If-None-Match", value: "\"\(local)\"") }
        let response = try await client.ask(
            .HEAD, "manifests/\(tag)", of: repository, headers, within: local == nil ? nil : Self.patience)
        if response.status == .notModified { return }
        let named = response.headers.first(name: "Docker-Content-Digest").flatMap { Digest($0) }
        if let named, named == local { return }
        let manifest: (Manifest, Digest)
        if let named, let known = try? await storage.manifest(.digest(named), in: repository),
            let parsed = try? Manifest(bytes: Array(known.bytes.readableBytesView))
        {
            manifest = (parsed.partial, named)
        } else {
            manifest = try await fetch(named?.description ?? tag.description, repository, expecting: named)
        }
        ledger.use(CacheLedger.Entry(isManifest: true, repository: repository, digest: manifest.1))
        try await storage.put(manifest.0, as: manifest.1, tags: [tag], in: repository)
    }

    private func fetch(
        _ reference: String, _ repository: RepositoryName, expecting: Digest?
    ) async throws -> (Manifest, Digest) {
        let response = try await client.ask(.GET, "manifests/\(reference)", of: repository, ["Accept": Self.accept])
        let bytes: [UInt8]
        do {
            bytes = Array(try await response.body.collect(upTo: Manifest.maximumSize).readableBytesView)
        } catch {
            throw UpstreamFailure.unreachable(OutboundFailure.words(error))
        }
        guard let digest = ContentHash.digest(of: bytes, expecting?.algorithm ?? .sha256),
            expecting == nil || digest == expecting
        else { throw UpstreamFailure.wrongContent("it sent a manifest that is not \(reference)") }
        do throws(ManifestRefusal) {
            let type = response.headers.first(name: "Content-Type")
            return (try Manifest(bytes: bytes, contentType: type).partial, digest)
        } catch {
            throw UpstreamFailure.wrongContent("it sent what this registry does not take: \(error)")
        }
    }

    /// The digest of what the cache has.
    private func stored(_ reference: Reference, _ repository: RepositoryName) async throws -> Digest? {
        do throws(StorageError) {
            return try await storage.manifest(reference, in: repository).digest
        } catch .manifestUnknown {
            return nil
        } catch .corrupt {
            return nil
        }
    }

    // MARK: - Blobs

    /// What is known of a blob, from the cache or the upstream.
    func blob(_ digest: Digest, in repository: RepositoryName) async throws(OCIError) -> BlobInfo {
        do {
            if let known = try await cached(digest, repository) { return known.info }
            let response = try await client.ask(.HEAD, "blobs/\(digest)", of: repository)
            guard let size = response.headers.first(name: "Content-Length").flatMap({ Int($0) }), size >= 0 else {
                throw UpstreamFailure.wrongContent("it does not say how long the blob is")
            }
            return BlobInfo(digest: digest, size: size)
        } catch {
            throw refusal(error)
        }
    }

    /// Opens a blob; one that the cache does not have is read while it comes.
    func open(_ digest: Digest, in repository: RepositoryName) async throws(OCIError) -> any BlobReader {
        ledger.use(CacheLedger.Entry(isManifest: false, repository: repository, digest: digest))
        do {
            if let known = try await cached(digest, repository) { return known }
            let download = download(digest, repository)
            let beginning = try await download.beginning
            if let size = beginning.size, size > 0 {
                let info = BlobInfo(digest: digest, size: size)
                if let file = try? await storage.reader(of: beginning.upload, in: repository, as: info) {
                    return FollowingReader(file, info: info, end: download.end)
                }
            }
            _ = try await download.end.get()
            return try await storage.open(digest, in: repository)
        } catch {
            throw refusal(error)
        }
    }

    private func cached(
        _ digest: Digest, _ repository: RepositoryName
    ) async throws(StorageError) -> (any BlobReader)? {
        do throws(StorageError) {
            return try await storage.open(digest, in: repository)
        } catch .blobUnknown {
            return nil
        }
    }

    /// The download that is under way, or a new one. The bridge to its task: it goes on when whoever wanted it gives up, and ends
    /// by itself.
    private func download(_ digest: Digest, _ repository: RepositoryName) -> BlobDownload {
        let key = Key(repository: repository, digest: digest)
        return state.withLock { state in
            if let running = state.downloads[key] { return running }
            let new = BlobDownload(digest, of: repository, client: state.client, storage: storage)
            state.downloads[key] = new
            Task {
                await new.run()
                finish(key, new)
            }
            return new
        }
    }

    private func finish(_ key: Key, _ download: BlobDownload) {
        state.withLock { $0.downloads[key] = nil }
        download.end.whenFailure { [self] error in
            let words = (error as? UpstreamFailure)?.words ?? "\(error)"
            logger.warning(
                "cannot fetch the blob \(key.digest.short) of \(key.repository) from \(name): \(words)",
                metadata: [LogField.event: "upstream_failed", LogField.repository: "\(key.repository)"])
        }
    }

    private func refusal(_ error: any Error) -> OCIError {
        switch error {
        case let failure as UpstreamFailure: failure.refusal(name, notFound: .blobUnknown)
        case StorageError.digestMismatch:
            UpstreamFailure.wrongContent("it sent other bytes than the digest says").refusal(
                name, notFound: .blobUnknown)
        case StorageError.bodyFailed: UpstreamFailure.unreachable("it broke off").refusal(name, notFound: .blobUnknown)
        case let error as StorageError: OCIError(error)
        case let error as OCIError: error
        default: OCIError(.unavailable)
        }
    }

    // MARK: - Expiry

    /// Begins to remove what nobody pulls. The bridge to the task: it ends with `stop()`.
    func start() {
        let task = Task { [self] in
            await ledger.load()
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(600)) } catch { break }
                await sweep(at: WallTime.now)
            }
            try? await ledger.save()
        }
        state.withLock { $0.sweep = task }
    }

    /// Ends the removal, and saves what was used when.
    func stop() async {
        let task = state.withLock { $0.sweep }
        task?.cancel()
        await task?.value
    }

    /// Removes what was not used for `proxy.ttl`, by ordinary deletion.
    /// - Parameter now: seconds since the epoch.
    func sweep(at now: Int) async {
        guard let ttl = settings.timeToLive else { return }
        var count = 0
        for entry in ledger.entries(unusedSince: now - Int(ttl.components.seconds)) {
            ledger.forget(entry)
            if entry.isManifest {
                if (try? await storage.deleteManifest(entry.digest, in: entry.repository)) != nil { count += 1 }
            } else if (try? await storage.deleteBlob(entry.digest, in: entry.repository)) != nil {
                count += 1
            }
        }
        do {
            try await ledger.save()
        } catch {
            logger.error("\(error)", metadata: [LogField.event: "cache_ledger_failed"])
        }
        guard count > 0 else { return }
        logger.info(
            "removed \(Wording.count(count, "cached manifest or blob")) that nobody pulled for \(Wording.time(ttl))",
            metadata: [LogField.event: "cache_expired"])
    }
}
