internal import Glibc
internal import ProcessControl
internal import Supervision

// What operators and plugins ask for.

extension Arbiter {
    /// Obeys an order. Orders never fail because another is under way: each is an event of its own to every watcher.
    /// - Parameter waits: whether to answer only once the result is there (ready, stopped, …).
    /// - Parameter answer: called once, now or later, with an entry for each name.
    func carryOut(
        _ order: WatcherOrder, on names: [String], waits: Bool, _ answer: @escaping (OrderOutcome) -> Void
    ) {
        var outcome = OrderOutcome()
        for name in names {
            guard let watcher = watchers[name] else {
                outcome.entries.append(
                    .init(watcher: name, result: "unknown", problem: "there is no watcher \(name)", remedy: "see list"))
                continue
            }
            switch order {
            case .start: watcher.goal = .up
            case .stop: watcher.goal = .down
            case .restart: feed(.restart, to: watcher.current)
            case .reload: feed(.reload, to: watcher.current)
            case .signal(let number, _): watcher.current.child?.signal(number)
            case .kill: feed(.kill, to: watcher.current)
            case .scale: break
            }
            outcome.entries.append(.init(watcher: name, result: "done"))
        }
        advance()
        answer(outcome)
    }
}
