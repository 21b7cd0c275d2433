/// The order in which watchers start: each after those it names in `after` and `requires`, and of those that do not
/// depend on each other the higher priority first. They stop in exact reverse.
/// - Linear in watchers and dependencies; a chain of any length needs no stack.
package struct StartOrder: Sendable, Equatable {
    /// Names in starting order. Where nothing else decides they stay in the order they were given.
    package let names: [String]

    /// The order in which they stop.
    package var stopping: [String] { names.reversed() }

    package init(_ definitions: [WatcherDefinition]) throws(Problem) {
        var indices: [String: Int] = [:]
        indices.reserveCapacity(definitions.count)
        for (index, definition) in definitions.enumerated() {
            guard indices.updateValue(index, forKey: definition.name) == nil else { throw .duplicate(definition.name) }
        }
        var wants: [[Int]] = []
        wants.reserveCapacity(definitions.count)
        for definition in definitions {
            wants.append(try Self.wanted(by: definition, among: definitions, indices))
        }
        names = try Self.sorted(definitions, wants).map { definitions[$0].name }
    }

    /// Whom a watcher waits for, the higher priority first.
    private static func wanted(
        by definition: WatcherDefinition, among definitions: [WatcherDefinition], _ indices: [String: Int]
    ) throws(Problem) -> [Int] {
        var wanted: [Int] = []
        for dependency in definition.dependencies {
            guard let index = indices[dependency.watcher] else {
                throw .unknown(watcher: definition.name, wants: dependency.watcher)
            }
            switch dependency.condition {
            case .completed where !definitions[index].isOneshot:
                throw .neverCompleted(watcher: definition.name, wants: dependency.watcher)
            case .healthy where definitions[index].health == nil:
                throw .neverHealthy(watcher: definition.name, wants: dependency.watcher)
            case .started, .ready, .healthy, .completed: wanted.append(index)
            }
        }
        return byPriority(wanted, definitions)
    }

    /// Stable: equal ones keep their places.
    private static func byPriority(_ indices: [Int], _ definitions: [WatcherDefinition]) -> [Int] {
        indices.enumerated().sorted { one, other in
            let (left, right) = (definitions[one.element].priority, definitions[other.element].priority)
            return left == right ? one.offset < other.offset : left > right
        }.map(\.element)
    }

    /// Depth first, on a stack of its own.
    private static func sorted(_ definitions: [WatcherDefinition], _ wants: [[Int]]) throws(Problem) -> [Int] {
        var ordered: [Int] = []
        var isPlaced = [Bool](repeating: false, count: definitions.count)
        /// Where in the path a watcher stands that is being placed.
        var depth = [Int?](repeating: nil, count: definitions.count)
        var path: [(watcher: Int, next: Int)] = []
        for first in byPriority(Array(definitions.indices), definitions) where !isPlaced[first] {
            path.append((first, 0))
            depth[first] = 0
            while let (watcher, next) = path.last {
                guard next < wants[watcher].count else {
                    path.removeLast()
                    depth[watcher] = nil
                    isPlaced[watcher] = true
                    ordered.append(watcher)
                    continue
                }
                path[path.count - 1].next += 1
                let wanted = wants[watcher][next]
                if isPlaced[wanted] { continue }
                if let start = depth[wanted] { throw .cycle(path[start...].map { definitions[$0.watcher].name }) }
                depth[wanted] = path.count
                path.append((wanted, 0))
            }
        }
        return ordered
    }
}
