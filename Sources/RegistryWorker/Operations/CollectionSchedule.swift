import HTTPService
import BundleLog
import HTTPTypes
import Logging
import RegistryModel
import RegistryStorage
import Synchronization

/// Collects garbage once an interval, and whenever an administrator asks for it. One collection at a time.
final class CollectionSchedule: Sendable {
    private struct State: Sendable {
        var settings = CollectionSettings()
        var isReadOnly = false
    }

    private let storage: FilesystemStorage
    private let logger: Logger
    private let state = Mutex(State())
    private let repetition = Repetition()

    init(storage: FilesystemStorage, logger: Logger) {
        self.storage = storage
        self.logger = logger
    }

    /// Takes up a configuration; a registry that only reads collects nothing. A collection that runs is broken off between two
    /// parts, and goes on with the next.
    func follow(_ settings: CollectionSettings, isReadOnly: Bool) {
        storage.promise(for: settings.grace)
        state.withLock { $0 = State(settings: settings, isReadOnly: isReadOnly) }
        guard settings.isEnabled, !isReadOnly else { return repetition.end() }
        repetition.begin(every: settings.interval, first: .seconds(300)) { [self] in await once(settings) }
    }

    /// - Returns: false when it was broken off.
    private func once(_ settings: CollectionSettings) async -> Bool {
        let policy = CollectionPolicy(
            grace: settings.grace, isDryRun: settings.isDryRun, removesUntagged: settings.removesUntagged)
        do {
            report(try await storage.collect(policy), policy)
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

    private func report(_ summary: CollectionSummary, _ policy: CollectionPolicy) {
        guard summary.blobs + summary.links + summary.manifests + summary.repositories > 0 else { return }
        logger.info(
            """
            \(policy.isDryRun ? "would free" : "freed") \(Wording.size(summary.bytes)): \
            \(Wording.count(summary.blobs, "blob")), \(Wording.count(summary.links, "link")), \
            \(Wording.count(summary.manifests, "manifest")), \(summary.repositories) empty repositories
            """, metadata: [LogField.event: "collected", LogField.bytes: .stringConvertible(summary.bytes)])
    }

    // MARK: By request

    var adminRoutes: [AdminRoute] {
        [
            AdminRoute(.post, "/v1/gc", "collect garbage; dry_run, untagged: a line for each item, then the sum") {
                [self] in
                AdminAnswer.lines(try stream($0))
            }
        ]
    }

    private func stream(_ request: AdminRequest) throws(AdminProblem) -> AsyncThrowingStream<JSONLine, any Error> {
        let (settings, isReadOnly) = state.withLock { ($0.settings, $0.isReadOnly) }
        let policy = CollectionPolicy(
            grace: settings.grace, isDryRun: try request.flag("dry_run"), removesUntagged: try request.flag("untagged"))
        if isReadOnly && !policy.isDryRun {
            throw AdminProblem(
                "the registry is read-only (storage.maintenance.readonly)",
                remedy: "switch that off, or ask for a dry run")
        }
        return AsyncThrowingStream { continuation in
            // The bridge: whoever asked and goes away breaks the collection off.
            let task = Task { [self] in
                do {
                    let summary = try await storage.collect(policy) { continuation.yield(Self.line($0)) }
                    report(summary, policy)
                    continuation.yield(Self.line(summary))
                } catch let refusal as CollectionRefusal {
                    continuation.yield(Self.line(refusal.problem, refusal.remedy))
                } catch is CancellationError {
                    continuation.yield(Self.line("the registry is stopping", "ask again: it goes on where it stood"))
                } catch {
                    continuation.yield(Self.line("\(error)", "see the registry's log"))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private static func line(_ item: CollectedItem) -> JSONLine {
        var line = JSONLine()
        line.add("kind", item.kind.rawValue)
        if let repository = item.repository { line.add("repository", repository.description) }
        if let digest = item.digest { line.add("digest", digest.description) }
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
        line.add("repositories", summary.repositories)
        line.add("examined", summary.examined)
        line.add("young", summary.young)
        return line
    }

    private static func line(_ problem: String, _ remedy: String) -> JSONLine {
        var line = JSONLine()
        line.add("problem", problem)
        line.add("remedy", remedy)
        return line
    }
}
