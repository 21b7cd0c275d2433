internal import BundleConfig
internal import Supervision

// Finding the watchers that a call means.

extension ControlDesk {
    /// Every watcher, in starting order.
    var names: [String] { arbiter.order.filter { arbiter.watchers[$0] != nil } }

    /// The watchers of a pattern, in starting order.
    /// - Throws: 404 for a name or pattern that means none; the nearest name is told.
    func select(_ pattern: String) throws(ControlProblem) -> [String] {
        for part in pattern.split(separator: ",") where NamePattern.isLiteral(String(part)) {
            _ = try watcher(String(part))
        }
        let wanted = NamePattern(pattern)
        let selected = names.filter { wanted.matches($0) }
        guard !selected.isEmpty else {
            throw ControlProblem(404, "no watcher matches \(pattern)", remedy: "dockmaster list shows all of them")
        }
        return selected
    }

    /// The one watcher of a name.
    func watcher(_ name: String) throws(ControlProblem) -> Watcher {
        if let watcher = arbiter.watchers[name] { return watcher }
        let nearest = EditDistance.nearest(to: name, among: names)
        throw ControlProblem(
            404, "there is no watcher \(name)",
            remedy: nearest.map { "did you mean \($0)?" } ?? "dockmaster list shows all of them")
    }

    /// The watchers that `?watcher=` selects; all without it.
    func selectByQuery(_ call: ControlCall) throws(ControlProblem) -> [String] {
        guard let pattern = call.request.query["watcher"] else { return names }
        return try select(pattern)
    }
}
