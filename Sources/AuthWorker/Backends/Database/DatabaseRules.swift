internal import BundleConfig
internal import Logging
internal import RegistryToken
internal import Synchronization

/// The access list of a database (`acl_xorm`), read as a whole.
///
/// - Cache: a list is in force for `cacheTime`; then the first request reads it anew while the others use the old one. While the
///   database cannot be asked, or holds a rule that is refused, the old one stays for `staleTime`; after that nobody knows.
final class DatabaseRules: Authorizer {
    private struct State {
        var list: AccessList?
        var read = ContinuousClock.now
        /// Until then nobody else reads.
        var pause = ContinuousClock.now
    }

    let name = "acl_xorm"
    private let settings: DatabaseSettings
    private let source: any DatabaseSource
    private let threads: BackendThreads
    private let logger: Logger
    private let state = Mutex(State())

    init(_ settings: DatabaseSettings, source: any DatabaseSource, threads: BackendThreads, logger: Logger) {
        self.settings = settings
        self.source = source
        self.threads = threads
        self.logger = logger
    }

    func authorize(_ request: AccessRequest) async -> AuthorizationOutcome {
        do throws(BackendFailure) {
            return await (try list()).authorize(request)
        } catch {
            return .failed(error)
        }
    }

    private func list() async throws(BackendFailure) -> AccessList {
        let now = ContinuousClock.now
        let (usable, isMine) = state.withLock { state -> (AccessList?, Bool) in
            guard let list = state.list else { return (nil, true) }
            if state.read + settings.cacheTime > now { return (list, false) }
            let usable = state.read + settings.cacheTime + settings.staleTime > now ? list : nil
            if usable != nil, state.pause > now { return (usable, false) }
            state.pause = now + settings.time
            return (usable, true)
        }
        if let usable, !isMine { return usable }
        do throws(BackendFailure) {
            let list = try await threads.run(within: settings.time) { [source] deadline throws(BackendFailure) in
                try Self.list(try source.rules(until: deadline))
            }
            state.withLock { state in
                state.list = list
                state.read = now
            }
            return list
        } catch {
            guard let usable else { throw error }
            state.withLock { $0.pause = .now + min(settings.cacheTime, .seconds(1)) }
            logger.warning("acl_xorm: the rules cannot be read anew, the old ones stay: \(error.problem)")
            return usable
        }
    }

    private static func list(_ rows: [DatabaseRule]) throws(BackendFailure) -> AccessList {
        var rules: [AccessRule] = []
        for row in rows {
            let place = "xorm_acl_entry with seq \(row.sequence)"
            let json: JSONValue
            do throws(JSONRefusal) {
                json = try JSONReader.read(Array(row.entry.utf8))
            } catch {
                throw BackendFailure(problem: "\(place): acl_entry is no JSON", isOutage: false)
            }
            var reading = ConfigurationReading()
            let node = ConfigurationNode(json: json, path: place, foldedDepth: 2)
            guard let rule = AccessRule(node, reading: &reading) else {
                throw BackendFailure(problem: reading.errors.first?.description ?? place, isOutage: false)
            }
            rules.append(rule)
        }
        return AccessList(rules: rules)
    }
}
