import HTTPService
import BundleLog
import HTTPTypes
import Hummingbird
import Logging
import RegistryModel
import RegistryStorage
import Synchronization

/// Collects garbage once an interval, and whenever an administrator asks for it. One collection at a time.
final class CollectionSchedule: Sendable {
    private struct State: Sendable {
        var settings = CollectionSettings()
        var policy = RegistryPolicy()
        var isReadOnly = false
    }

    private let storage: FilesystemStorage
    private let logger: Logger
    /// Told of tags that retention removes; nil where nobody is.
    private let hub: NotificationHub?
    private let state = Mutex(State())
    private let repetition = Repetition()

    init(storage: FilesystemStorage, hub: NotificationHub? = nil, logger: Logger) {
        self.storage = storage
        self.hub = hub
        self.logger = logger
    }

    /// Takes up a configuration; a registry that only reads collects nothing. A collection that runs is broken off between two
    /// parts, and goes on with the next.
    /// - Parameter policy: its retention is carried out with each collection.
    func follow(_ settings: CollectionSettings, _ policy: RegistryPolicy = RegistryPolicy(), isReadOnly: Bool) {
        storage.promise(for: settings.grace)
        state.withLock { $0 = State(settings: settings, policy: policy, isReadOnly: isReadOnly) }
        guard settings.isEnabled, !isReadOnly else { return repetition.end() }
        repetition.begin(every: settings.interval, first: .seconds(300)) { [self] in await once(settings, policy) }
    }

    /// - Returns: false when it was broken off.
    private func once(_ settings: CollectionSettings, _ policy: RegistryPolicy) async -> Bool {
        let collection = CollectionPolicy(
            grace: settings.grace, isDryRun: settings.isDryRun, removesUntagged: settings.removesUntagged)
        do {
            try await collect(collection, policy) { _ in }
        } catch is CancellationError {
            return false
        } catch let refusal as CollectionRefusal {
            logger.warning(
                "did not collect garbage: \(refusal.problem)", metadata: [LogField.event: "collection_refused"])
        } catch {
            logger.error("cannot collect garbage: \(error)", metadata: [LogField.event: "collection_failed"])
        }
        return true
    }

    @discardableResult
    private func collect(
        _ collection: CollectionPolicy, _ policy: RegistryPolicy, tell: @escaping @Sendable (CollectedItem) -> Void
    ) async throws -> CollectionSummary {
        let run = UploadID().description
        let outcome: Result<CollectionSummary, any Error>
        do {
            outcome = .success(
                try await storage.collect(collection, retention: policy) { [self] item in
                    report(item, isDryRun: collection.isDryRun)
                    if !collection.isDryRun { hand(item, run) }
                    tell(item)
                })
        } catch {
            outcome = .failure(error)
        }
        // What is gone is told of, also when the rest is left for the next time.
        await hub?.settle()
        let summary = try outcome.get()
        report(summary, collection)
        return summary
    }

    /// A tag was there for people, unlike other garbage: each that goes is told.
    private func report(_ item: CollectedItem, isDryRun: Bool) {
        guard item.kind == .tag, !item.isKept, let repository = item.repository, let tag = item.tag else { return }
        var metadata: Logger.Metadata = [
            LogField.event: "retention", LogField.repository: "\(repository)", "tag": "\(tag)",
        ]
        if let digest = item.digest { metadata["digest"] = "\(digest)" }
        logger.info(
            "the tag \(repository):\(tag) \(isDryRun ? "would go" : "is gone"): \(item.reason)", metadata: metadata)
    }

    /// A tag that went is told of as one that a client deletes.
    /// - Parameter run: stands for the request's id.
    private func hand(_ item: CollectedItem, _ run: String) {
        guard item.kind == .tag, !item.isKept, let repository = item.repository, let tag = item.tag else { return }
        hub?.hand(
            RegistryEvent(
                action: .delete, target: .init(repository: repository, tag: tag),
                origin: .init(
                    id: run, address: "", host: "", method: "DELETE", userAgent: "dockmaster-retention", user: "")))
    }

    private func report(_ summary: CollectionSummary, _ policy: CollectionPolicy) {
        let count = summary.tags + summary.manifests + summary.links + summary.blobs + summary.repositories
        guard count > 0 else { return }
        logger.info(
            """
            \(policy.isDryRun ? "would free" : "freed") \(Wording.size(summary.bytes)): \
            \(Wording.count(summary.blobs, "blob")), \(Wording.count(summary.links, "link")), \
            \(Wording.count(summary.manifests, "manifest")), \(Wording.count(summary.tags, "tag")), \
            \(summary.repositories) empty repositories
            """, metadata: [LogField.event: "collected", LogField.bytes: .stringConvertible(summary.bytes)])
    }

    // MARK: By request

    var adminRoutes: [AdminRoute] {
        [
            AdminRoute(.post, "/v1/gc", "collect garbage; dry_run, untagged: a line for each item, then the sum") {
                [self] in try answer($0)
            }
        ]
    }

    private func answer(_ request: AdminRequest) throws(AdminProblem) -> Response {
        let state = state.withLock { $0 }
        let collection = CollectionPolicy(
            grace: state.settings.grace, isDryRun: try request.flag("dry_run"),
            removesUntagged: try request.flag("untagged"))
        if state.isReadOnly && !collection.isDryRun {
            throw AdminProblem(
                "the registry is read-only (storage.maintenance.readonly)",
                remedy: "switch that off, or ask for a dry run")
        }
        return AdminAnswer.lines { [self] tell in
            do {
                tell(Self.line(try await collect(collection, state.policy) { tell(Self.line($0)) }))
            } catch let refusal as CollectionRefusal {
                throw AdminProblem(refusal.problem, remedy: refusal.remedy)
            }
        }
    }

    private static func line(_ item: CollectedItem) -> JSONLine {
        var line = JSONLine()
        line.add("kind", item.kind.rawValue)
        if let repository = item.repository { line.add("repository", repository.description) }
        if let tag = item.tag { line.add("tag", tag.description) }
        if let digest = item.digest { line.add("digest", digest.description) }
        if item.kind == .tag { line.add("kept", item.isKept) }
        line.add("size", item.size)
        line.add("reason", item.reason)
        return line
    }

    private static func line(_ summary: CollectionSummary) -> JSONLine {
        var line = JSONLine()
        line.add("kind", "summary")
        line.add("blobs", summary.blobs)
        line.add("bytes", summary.bytes)
        line.add("links", summary.links)
        line.add("manifests", summary.manifests)
        line.add("tags", summary.tags)
        line.add("repositories", summary.repositories)
        line.add("examined", summary.examined)
        line.add("young", summary.young)
        return line
    }
}
