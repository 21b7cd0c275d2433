import Supervision

/// Reads `watchers:`, `sockets:`, `plugins:`, `supervisor:`, `env:` and `include:`, over all files together.
struct ServicesReader {
    /// The sockets that the supervisor makes for a bundle.
    private static let bundleSockets = ["https", "http", "auth", "registry"]

    let document: ConfigurationNode
    /// The bundle's own; empty when it starts none.
    let workers: [String]
    private var startsBundle: Bool { !workers.isEmpty }
    private let folders: FolderPlaceholders
    let problems = ConfigurationProblems()
    private(set) var warnings: [ConfigurationError] = []
    private var services = Services()
    private var files: [ServiceFile] = []
    private var nodes: [String: ConfigurationNode] = [:]

    init(_ document: ConfigurationNode, workers: [String], folders: FolderPlaceholders) {
        self.folders = folders
        self.document = document
        self.workers = workers
    }

    mutating func read() -> Services {
        if let node = document.present("supervisor") {
            let reader = SupervisorReader(node: node)
            services.supervisor = reader.read()
            problems.add(reader.problems.errors)
        }
        var include = IncludeReader(folders: folders)
        include.read(document)
        problems.add(include.problems.errors)
        warnings += include.warnings
        files = include.files

        let sockets = readSockets()
        readWatchers(sockets)
        readPlugins()
        checkDependencies()
        services.document = merged()
        return services
    }

    // MARK: Sections

    /// The entries of a section in all files, each name once.
    private func entries(
        _ section: String
    ) -> [(name: String, node: ConfigurationNode, environment: [String: String])] {
        var result: [(name: String, node: ConfigurationNode, environment: [String: String])] = []
        for file in files {
            guard let node = file.document.present(section) else { continue }
            problems.attempt { _ = try node.mapping() }
            for (name, value) in (try? node.mapping()) ?? [] {
                guard let other = result.first(where: { $0.name == name })?.node else {
                    result.append((name, value, file.environment))
                    continue
                }
                let place = [other.file, other.line.map(String.init)].compactMap(\.self).joined(separator: ":")
                problems.add([
                    value.refused("is defined at \(place) as well", remedy: "Rename or remove one of the two")
                ])
            }
        }
        return result
    }

    private func readSockets() -> [String: SocketDefinition] {
        var sockets: [String: SocketDefinition] = [:]
        for (name, node, _) in entries("sockets") {
            if startsBundle, Self.bundleSockets.contains(name) {
                problems.add([node.refused("is a socket of the bundle itself", remedy: "Give yours another name")])
                continue
            }
            let reader = SocketReader(name: name, node: node)
            sockets[name] = reader.read()
            problems.add(reader.problems.errors)
        }
        return sockets
    }

    private mutating func readWatchers(_ sockets: [String: SocketDefinition]) {
        let outlines = WorkerChanges.outlines(workers)
        for (name, node, environment) in entries("watchers") {
            nodes[name] = node
            if let outline = outlines.first(where: { $0.name == name }) {
                services.workers[name] = node
                problems.add(
                    WorkerChanges.apply(node, to: outline, rotation: services.supervisor.rotation).problems)
                continue
            }
            problems.attempt { try node.checkName(name, of: "watcher") }
            if name == "dockmaster" {
                problems.add([node.refused("is the supervisor's own name", remedy: "Give the watcher another")])
            }
            var reader = WatcherReader(
                name, node, environment: environment, sockets: sockets, rotation: services.supervisor.rotation)
            reader.read()
            problems.add(reader.problems.errors)
            services.watchers.append(reader.definition)
        }
    }

    private mutating func readPlugins() {
        for (name, node, environment) in entries("plugins") {
            let reader = PluginReader(name: name, node: node, environment: environment)
            if let plugin = reader.read() { services.plugins.append(plugin) }
            problems.add(reader.problems.errors)
        }
    }

    // MARK: Dependencies

    private mutating func checkDependencies() {
        let outlines = WorkerChanges.outlines(workers)
        var all = outlines.map { outline in
            services.workers[outline.name].map {
                WorkerChanges.apply($0, to: outline, rotation: services.supervisor.rotation).definition
            } ?? outline
        }
        let known = Dictionary(
            (all + services.watchers).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var unknown = false
        for index in services.watchers.indices {
            let name = services.watchers[index].name
            for (key, path) in [("after", \WatcherDefinition.after), ("requires", \.requires)] {
                guard let node = nodes[name]?.present(key) else { continue }
                services.watchers[index][keyPath: path] = services.watchers[index][keyPath: path].map {
                    completed($0, node, known)
                }
                let wanted = services.watchers[index][keyPath: path]
                unknown = !check(wanted, of: node, known) || unknown
            }
        }
        for (name, node) in services.workers {
            for key in ["after", "requires"] {
                guard let value = node.present(key), let worker = known[name] else { continue }
                let wanted = (key == "after" ? worker.after : worker.requires).filter { wanted in
                    !outlines.contains { $0.name == name && $0.requires.contains(wanted) }
                }
                unknown = !check(wanted, of: value, known) || unknown
            }
        }
        guard !unknown else { return }
        all += services.watchers
        do throws(StartOrder.Problem) {
            _ = try StartOrder(all)
        } catch {
            problems.add([place(error)])
        }
    }

    /// A name alone waits for the end of a oneshot.
    private func completed(
        _ dependency: Dependency, _ node: ConfigurationNode, _ known: [String: WatcherDefinition]
    ) -> Dependency {
        guard !node.isMapping, known[dependency.watcher]?.isOneshot == true else { return dependency }
        return Dependency(dependency.watcher, .completed)
    }

    /// - Returns: whether all of them exist and can come so far.
    private func check(
        _ wanted: [Dependency], of node: ConfigurationNode, _ known: [String: WatcherDefinition]
    ) -> Bool {
        var isSound = true
        for dependency in wanted {
            let place =
                node[dependency.watcher]
                ?? (try? node.sequence())?.first { (try? $0.string()) == dependency.watcher } ?? node
            guard let target = known[dependency.watcher] else {
                problems.add([place.unknown(dependency.watcher, among: known.keys.sorted())])
                isSound = false
                continue
            }
            if dependency.condition == .healthy, target.health == nil {
                problems.add([
                    place.refused(
                        "waits until \(target.name) is healthy, which nobody asks it",
                        remedy: "Give watchers.\(target.name) a health:, or wait until it is ready")
                ])
                isSound = false
            }
            if dependency.condition == .completed, !target.isOneshot {
                problems.add([
                    place.refused(
                        "waits until \(target.name) is completed, and that is a service, which stays",
                        remedy: "Set watchers.\(target.name).oneshot: true, or wait until it is ready")
                ])
                isSound = false
            }
        }
        return isSound
    }

    /// A problem of the order, at the line where it is said.
    private func place(_ problem: StartOrder.Problem) -> ConfigurationError {
        let name: String
        switch problem {
        case .cycle(let names): name = names.first { nodes[$0] != nil } ?? ""
        case .unknown(let watcher, _), .neverCompleted(let watcher, _), .neverHealthy(let watcher, _): name = watcher
        case .duplicate(let duplicate): name = duplicate
        }
        let node = nodes[name]
        let place = node?.present("after") ?? node?.present("requires") ?? node ?? document
        let remedy = problem.remedy.prefix(1).uppercased() + problem.remedy.dropFirst()
        return place.refused("cannot be: \(problem.problem)", remedy: remedy)
    }

    // MARK: The whole

    private func merged() -> ConfigurationNode {
        var sections: [(String, ConfigurationNode)] = []
        if !startsBundle { sections.append(("bundle", .bool(false))) }
        if let node = document.present("supervisor") { sections.append(("supervisor", node)) }
        for section in ["sockets", "watchers", "plugins"] {
            let entries = entries(section).map { name, node, environment in
                let isOwn = workers.contains(name)
                guard section == "watchers", !isOwn, !environment.isEmpty else { return (name, node) }
                let base = environment.sorted { $0.key < $1.key }.map { ($0.key, ConfigurationNode.string($0.value)) }
                return (name, node.merging(.mapping([("env", .mapping(base).merging(node["env"] ?? .null))])))
            }
            if !entries.isEmpty { sections.append((section, .mapping(entries))) }
        }
        return sections.isEmpty ? .null : .mapping(sections)
    }
}
