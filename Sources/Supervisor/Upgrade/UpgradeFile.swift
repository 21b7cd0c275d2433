internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// The state as the file in memory has it.
enum UpgradeFile {
    /// The environment variable with the file's descriptor. It is removed before anything is started.
    static let variable = "DOCKMASTER_UPGRADE"

    static func write(_ state: UpgradeState) throws(Refusal) -> OwnedDescriptor {
        do {
            return try ProgramReplacement.memoryFile(
                "dockmaster-upgrade", Array(try StateEncoder.encode(state).text.utf8))
        } catch {
            throw Refusal(problems: ["the state cannot be written down: \(error)"])
        }
    }

    static func read(_ descriptor: CInt) throws(Refusal) -> UpgradeState {
        guard let bytes = ProgramReplacement.readAll(descriptor), let value = JSONValue(bytes) else {
            throw Refusal(problems: ["the state of the program before this one cannot be read"])
        }
        guard value["protocolNumber"].integer == UpgradeState.protocolNumber else {
            throw Refusal(problems: ["the state of the program before this one is of another protocol"])
        }
        do {
            return try StateDecoder.decode(UpgradeState.self, from: try completed(value))
        } catch {
            throw Refusal(problems: ["the state of the program before this one does not fit: \(error)"])
        }
    }

    /// The state that this process was started with by its earlier program; nil when it was started in the ordinary way.
    static func announced() throws(Refusal) -> UpgradeState? {
        guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
        unsetenv(variable)
        guard let number = CInt(text), let file = ProgramReplacement.takeOver(number) else {
            throw Refusal(problems: ["\(variable) names no open descriptor; it is for `dockmaster upgrade` alone"])
        }
        let state = try read(file.number)
        // What came through exec goes no further by itself.
        for descriptor in state.descriptors { ProgramReplacement.closeOnExec(descriptor) }
        return state
    }

    // MARK: Members that an older program does not know

    /// The state with defaults where the writer's definitions have no member of a name.
    private static func completed(_ state: JSONValue) throws -> JSONValue {
        let defaults = try StateEncoder.encode(WatcherDefinition(name: "", command: []))
        let settings = try StateEncoder.encode(SupervisorSettings())
        let slot = JSONValue.object([("tree", .array([])), ("health", try StateEncoder.encode(HealthState()))])
        let whole = JSONValue.object([("isStarting", .bool(false)), ("unproven", .array([]))])
        return overlay(whole, state).map("settings") { overlay(settings, $0) }.map("watchers") { watchers in
            .array(
                watchers.values.map { watcher in
                    overlay(.object([("passed", .array([]))]), watcher).map("definition") { overlay(defaults, $0) }
                        .map("slots") { slots($0, slot, defaults) }.map("retiring") { slots($0, slot, defaults) }
                })
        }
    }

    private static func slots(_ slots: JSONValue, _ slot: JSONValue, _ defaults: JSONValue) -> JSONValue {
        .array(
            slots.values.map { value in
                overlay(slot, value).map("definition") { overlay(defaults, $0) }
                    .map("machine") { $0.map("settings") { overlay(defaults["settings"], $0) } }
            })
    }

    /// Structures within a definition whose members are completed as well. Enumerations are not: their one member is
    /// their case.
    private static let structures: Set<String> = ["settings", "policy", "attributes", "control", "rotation"]

    private static func overlay(_ defaults: JSONValue, _ value: JSONValue) -> JSONValue {
        guard case .object(let known) = defaults, case .object(let given) = value else { return value }
        let missing = known.filter { entry in !given.contains { $0.0 == entry.0 } }
        let completed = given.map { name, value in
            (name, structures.contains(name) ? overlay(defaults[name], value) : value)
        }
        return .object(completed + missing)
    }
}

extension JSONValue {
    /// The same object with one member changed, if it has it.
    fileprivate func map(_ name: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.0 == name ? ($0.0, change($0.1)) : $0 })
    }
}
