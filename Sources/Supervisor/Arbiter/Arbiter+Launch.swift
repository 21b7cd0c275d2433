internal import Glibc
internal import ProcessControl
internal import Supervision

// From a definition to a process: what a program finds when it starts.

extension Arbiter {
    /// What the slot's next process gets, but for its output.
    /// - Parameter other: a command in its place, a hook or a probe: as the same user with the same environment, but
    ///   without sockets.
    func request(for slot: WatcherSlot, command other: [String]? = nil) throws -> SpawnRequest {
        let definition = slot.definition
        let user = identities.user(of: definition.attributes)
        let inherited = sockets.inherited(by: definition)
        var environment = try ownEnvironment(of: definition)
        for (index, socket) in inherited.enumerated() {
            environment.placeholders["sockets.\(socket.name)"] = "\(3 + index)"
        }
        let placeholders = environment.resolver(slot)
        var variables = environment.inherited
        if let user {
            if user.identity.user != geteuid() { RunFolder.letThrough(surroundings.runFolder) }
            variables["HOME"] = user.home
            variables["USER"] = user.name
            variables["LOGNAME"] = user.name
        }
        for (name, value) in environment.own { variables[name] = placeholders.resolve(value) }
        variables.merge(try secrets(definition, placeholders)) { _, secret in secret }
        variables["NOTIFY_SOCKET"] = notifySocket.path
        variables["DOCKMASTER_WATCHER"] = slot.watcher
        variables["DOCKMASTER_INSTANCE"] = "\(slot.instance)"
        variables["DOCKMASTER_WID"] = "\(slot.place)"
        if let watchdog = definition.settings.watchdog {
            variables["WATCHDOG_USEC"] = "\(Int(watchdog / .microseconds(1)))"
        }

        let command = (other ?? definition.command).map(placeholders.resolve)
        var request = SpawnRequest(try program(command.first ?? "", variables), Array(command.dropFirst()))
        request.environment = variables
        request.folder = definition.folder.map(placeholders.resolve)
        request.input = nullInput.number
        try apply(definition.attributes, user, to: &request)
        guard other == nil else { return request }
        request.sockets = inherited
        if let name = definition.inputSocket {
            guard let socket = inherited.first(where: { $0.name == name }) else {
                throw LaunchProblem(
                    problem: "stdin_socket \(name) is none of its sockets", remedy: "name it under `sockets` as well")
            }
            request.input = socket.descriptor
        }
        request.parentDeathSignal = definition.parentDeathSignal
        return request
    }

    /// The variables of a definition before placeholders are resolved.
    private struct OwnEnvironment {
        var inherited: [String: String]
        var own: [String: String]
        var placeholders: [String: String]

        func resolver(_ slot: WatcherSlot) -> Placeholders {
            var values = placeholders
            values["wid"] = "\(slot.place)"
            values["name"] = slot.watcher
            values["numprocesses"] = "\(slot.definition.instances)"
            values["working_dir"] = slot.definition.folder
            for (name, value) in slot.definition.options where values[name] == nil { values[name] = value }
            for (name, value) in inherited { values["env.\(name)"] = value }
            for (name, value) in own { values["env.\(name)"] = value }
            return Placeholders(values)
        }
    }

    private func ownEnvironment(of definition: WatcherDefinition) throws -> OwnEnvironment {
        let inherited = definition.copiesEnvironment ? surroundings.fullEnvironment() : surroundings.environment
        return OwnEnvironment(inherited: inherited, own: definition.environment, placeholders: [:])
    }

    private func secrets(
        _ definition: WatcherDefinition, _ placeholders: Placeholders
    ) throws(LaunchProblem) -> [String: String] {
        guard let path = definition.environmentFile else { return [:] }
        return try EnvironmentFile.read(placeholders.resolve(path))
    }

    func program(_ name: String, _ variables: [String: String]) throws(LaunchProblem) -> String {
        let path = variables["PATH"] ?? ChildEnvironment.standardPath
        if let found = ExecutableSearch.find(name, path: path) { return found }
        throw LaunchProblem(
            problem: "there is no program \(name) in \(path)", remedy: "install it, or name its path", code: 127)
    }

    func apply(
        _ attributes: ProcessAttributes, _ user: UserDatabase.User?, to request: inout SpawnRequest
    ) throws(LaunchProblem) {
        // Whoever is not root may be nobody else, and has no need to ask for what it is.
        if let identity = user?.identity {
            let isOurs = identity.user == geteuid() && identity.group == getegid()
            if geteuid() == 0 || !isOurs { request.identity = identity }
        }
        for limit in attributes.limits {
            guard let number = ResourceName.number(limit.resource) else {
                throw LaunchProblem(
                    problem: "there is no resource limit \(limit.resource)", remedy: "see getrlimit(2), as in nofile")
            }
            request.limits.append(.init(resource: number, soft: limit.soft, hard: limit.hard))
        }
        request.fileMask = attributes.umask ?? settings.umask
        request.nice = attributes.nice.map { CInt($0) }
        request.noNewPrivileges = attributes.noNewPrivileges
    }

    // MARK: Output

    /// Sets where a process's output goes, opening what is not open yet.
    func connectOutput(of slot: WatcherSlot, _ request: inout SpawnRequest) throws(SystemError) {
        let definition = slot.definition
        let rotation = definition.rotation ?? settings.rotation
        request.output = try descriptor(definition.output, .output, slot, rotation)
        request.error =
            definition.error == definition.output
            ? request.output : try descriptor(definition.error, .error, slot, rotation)
    }

    private func descriptor(
        _ output: OutputDefinition, _ stream: LogStream, _ slot: WatcherSlot, _ rotation: LogRotation
    ) throws(SystemError) -> CInt? {
        switch output.destination {
        case .log: try slot.descriptor(stream, file: nil, rotation, relay)
        case .file(let path): try slot.descriptor(stream, file: path, rotation, relay)
        case .discard: nullOutput.number
        case .inherit: nil
        }
    }
}
