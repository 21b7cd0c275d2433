/// The order in which watchers start: each after those it names in `after` and `requires`. They stop in exact reverse.
package struct StartOrder: Sendable, Equatable {
    package enum Problem: Error, Equatable, CustomStringConvertible {
        case cycle([String])
        case unknown(watcher: String, wants: String)
        case duplicate(String)

        package var problem: String {
            switch self {
            case .cycle(let names):
                "watchers wait for each other: \((names + names.prefix(1)).joined(separator: " → "))"
            case .unknown(let watcher, let wants): "watcher \(watcher) waits for \(wants), which does not exist"
            case .duplicate(let name): "there are two watchers named \(name)"
            }
        }

        package var remedy: String {
            switch self {
            case .cycle: "remove one of these from `after` or `requires`"
            case .unknown(let watcher, let wants): "define \(wants), or remove it from watchers.\(watcher).after"
            case .duplicate: "rename one of them"
            }
        }

        package var description: String { "\(problem); \(remedy)" }
    }

    /// Names in starting order; watchers that do not depend on each other stay in the order they were given.
    package let names: [String]

    package init(_ definitions: [WatcherDefinition]) throws(Problem) {
        var wants: [String: [String]] = [:]
        for definition in definitions {
            guard wants[definition.name] == nil else { throw .duplicate(definition.name) }
            wants[definition.name] = definition.dependencies.map(\.watcher)
        }
        for definition in definitions {
            for name in wants[definition.name] ?? [] where wants[name] == nil {
                throw .unknown(watcher: definition.name, wants: name)
            }
        }
        var ordered: [String] = []
        var placed: Set<String> = []
        var path: [String] = []
        func place(_ name: String) throws(Problem) {
            if placed.contains(name) { return }
            if let start = path.firstIndex(of: name) { throw .cycle(Array(path[start...])) }
            path.append(name)
            for wanted in wants[name] ?? [] { try place(wanted) }
            path.removeLast()
            placed.insert(name)
            ordered.append(name)
        }
        for definition in definitions { try place(definition.name) }
        names = ordered
    }
}
