extension StartOrder {
    /// Why watchers cannot be brought into an order, or one of them would wait for ever.
    package enum Problem: Error, Equatable, CustomStringConvertible {
        case cycle([String])
        case unknown(watcher: String, wants: String)
        case duplicate(String)
        /// It waits for the completion of one that is no oneshot.
        case neverCompleted(watcher: String, wants: String)
        /// It waits for the health of one that has no check.
        case neverHealthy(watcher: String, wants: String)

        package var problem: String {
            switch self {
            case .cycle(let names) where names.count == 1: "watcher \(names[0]) waits for itself"
            case .cycle(let names):
                "watchers wait for each other: \((names + names.prefix(1)).joined(separator: " → "))"
            case .unknown(let watcher, let wants): "watcher \(watcher) waits for \(wants), which does not exist"
            case .duplicate(let name): "there are two watchers named \(name)"
            case .neverCompleted(let watcher, let wants):
                "watcher \(watcher) waits until \(wants) has completed, which is no oneshot: it never does"
            case .neverHealthy(let watcher, let wants):
                "watcher \(watcher) waits until \(wants) is healthy, which has no health check"
            }
        }

        package var remedy: String {
            switch self {
            case .cycle: "remove one of these from `after` or `requires`"
            case .unknown(let watcher, let wants): "define \(wants), or remove it from watchers.\(watcher).after"
            case .duplicate: "rename one of them"
            case .neverCompleted(_, let wants):
                "set watchers.\(wants).oneshot: true, or wait for `ready` or `started` instead"
            case .neverHealthy(_, let wants): "give watchers.\(wants) a `health:` check, or wait for `ready` instead"
            }
        }

        package var description: String { "\(problem); \(remedy)" }
    }
}
