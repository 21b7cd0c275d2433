package import Supervision

/// One watcher told to a running supervisor instead of written in its configuration: `dockmaster add` and `set`.
/// - The text is what stands below the watcher's name, as YAML or JSON. Relative paths start at the working folder.
/// - May block for names of users; not for the supervisor's loop.
package enum WatcherText {
    /// - Parameter sockets: those that there are, which it may name.
    package static func added(
        _ name: String, _ text: String, sockets: [SocketDefinition], rotation: LogRotation
    ) throws(ConfigurationErrors) -> WatcherDefinition {
        let node = try parse(text)
        var reader = WatcherReader(name, node, sockets: table(sockets), rotation: rotation)
        reader.problems.attempt { try node.checkName(name, of: "watcher") }
        reader.read()
        return try result(reader.definition, reader.problems.errors)
    }

    /// The definition with the keys given changed, all others as they are.
    package static func changed(
        _ definition: WatcherDefinition, _ text: String, sockets: [SocketDefinition], rotation: LogRotation
    ) throws(ConfigurationErrors) -> WatcherDefinition {
        let node = try parse(text)
        // A bundle's own worker, which reads files that we write: little may be said of it.
        if !definition.files.isEmpty {
            let changed = WorkerChanges.apply(node, to: definition, rotation: rotation)
            return try result(changed.definition, changed.problems)
        }
        var start = definition
        // What is read is added to these.
        for (key, path) in [("after", \WatcherDefinition.after), ("requires", \.requires)] where node.has(key) {
            start[keyPath: path] = []
        }
        if node.has("sockets") { start.sockets = [] }
        var reader = WatcherReader(changing: start, node, sockets: table(sockets), rotation: rotation)
        reader.readChanges()
        var changed = reader.definition
        if !["reload", "send_hup", "ready", "singleton"].contains(where: node.has) {
            changed.reload = definition.reload
        }
        return try result(changed, reader.problems.errors)
    }

    private static func parse(_ text: String) throws(ConfigurationErrors) -> ConfigurationNode {
        do throws(ConfigurationError) {
            return try ConfigurationNode.parse(text, file: nil)
        } catch {
            throw ConfigurationErrors([error])
        }
    }

    private static func result(
        _ definition: WatcherDefinition, _ errors: [ConfigurationError]
    ) throws(ConfigurationErrors) -> WatcherDefinition {
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
        return definition
    }

    private static func table(_ sockets: [SocketDefinition]) -> [String: SocketDefinition] {
        Dictionary(sockets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension ConfigurationNode {
    fileprivate func has(_ key: String) -> Bool { present(key) != nil }
}
