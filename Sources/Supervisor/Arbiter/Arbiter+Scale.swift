internal import ProcessControl
internal import Supervision

// How many processes a watcher has.

extension Arbiter {
    /// The most processes that one watcher may be asked to have.
    private static let mostInstances = 10_000

    func scale(_ watcher: Watcher, _ scale: WatcherOrder.Scale, waits: Bool, _ answer: @escaping EntryAnswer) {
        let name = watcher.name
        let wanted: Int
        switch scale {
        case .to(let number): wanted = max(0, number)
        case .by(let number):
            let (sum, overflow) = watcher.definition.instances.addingReportingOverflow(number)
            wanted = overflow ? .max : max(0, sum)
        }
        guard !watcher.definition.isSingleton || wanted <= 1 else {
            return answer(
                .init(
                    watcher: name, result: "refused", problem: "\(name) is a singleton: it has one process at most",
                    remedy: "remove `singleton: true` from its definition"))
        }
        guard wanted <= Self.mostInstances else {
            return answer(
                .init(
                    watcher: name, result: "refused", problem: "\(wanted) processes are too many",
                    remedy: "ask for at most \(Self.mostInstances)"))
        }
        setInstances(watcher, wanted)
        let words = wanted == 1 ? "1 instance" : "\(wanted) instances"
        guard waits else { return answer(.init(watcher: name, result: words)) }
        let settings = watcher.definition.settings
        wait(for: watcher, max(settings.startTimeout, settings.grace) + .seconds(5), answer) { watcher in
            guard watcher.slots.count == wanted, watcher.retiring.allSatisfy(\.isRetired) else {
                let isOvertaken = watcher.definition.instances != wanted
                return isOvertaken ? .init(watcher: name, result: "\(watcher.definition.instances) instances") : nil
            }
            if watcher.goal != .up { return .init(watcher: name, result: words) }
            return Self.started(watcher, words)
        }
    }

    func setInstances(_ watcher: Watcher, _ count: Int) {
        watcher.definition.instances = count
        for slot in watcher.slots { slot.definition.instances = count }
        fillPlaces(watcher)
    }
}
