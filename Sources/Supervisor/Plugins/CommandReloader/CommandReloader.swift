internal import BundleConfig
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// `use: command_reloader`: a watcher whose program was replaced (its real path, inode or time of change) is restarted.
/// - `watcher`: a pattern, default all. `loop_rate`: how long to wait after a change for it to be complete, default 1 s.
/// - Woken by the kernel. A folder that cannot be watched is looked at every `loop_rate`, and the log says so.
final class CommandReloader: BuiltInPlugin {
    static let commands: Set<String> = ["restart"]

    private let glob: WatcherGlob
    private let pause: Duration
    private var programs: [String: ProgramIdentity] = [:]
    private var office: PluginOffice?
    private var folders: FolderWatch?
    private var timer: EventLoop.Timer?
    private var polls = false
    private var toldOfPolling = false

    init(_ settings: ConfigurationNode) throws(ConfigurationErrors) {
        try settings.refuseUnknownKeys(["watcher", "loop_rate"])
        do throws(ConfigurationError) {
            glob = WatcherGlob(try settings.string("watcher"))
            pause = try settings.duration("loop_rate") ?? .seconds(1)
            guard pause >= .milliseconds(10) else {
                throw (settings["loop_rate"] ?? settings).refused("is too short", remedy: "Write 1s")
            }
        } catch {
            throw ConfigurationErrors([error])
        }
    }

    var subscriptions: Set<SupervisorEvent.Kind> { [.added, .removed, .updated, .reloaded, .spawned] }

    func start(_ office: PluginOffice) {
        self.office = office
        folders = try? FolderWatch(loop: office.loop) { [weak self] in self?.lookLater() }
        for view in mine { note(view.definition) }
        watchFolders()
    }

    func stop() {
        if let timer { office?.loop.cancel(timer) }
        timer = nil
        folders = nil
        office = nil
    }

    func take(_ event: SupervisorEvent) {
        guard let name = event.watcher, glob.matches(name) else { return }
        if event.kind == .removed { programs[name] = nil }
        // The process that starts now runs what stands there now.
        if event.kind == .spawned, let view = mine.first(where: { $0.definition.name == name }) {
            note(view.definition)
        } else if event.kind != .spawned {
            lookLater()
        }
    }

    private var mine: [PluginOffice.WatcherView] {
        (office?.watchers ?? []).filter { glob.matches($0.definition.name) }
    }

    private func path(_ definition: WatcherDefinition) -> String {
        let path = definition.environment["PATH"] ?? ChildEnvironment.inherited()["PATH"] ?? ""
        let name = definition.command.first ?? ""
        let program = ExecutableSearch.find(name, path: path) ?? name
        if program.hasPrefix("/") { return program }
        return definition.folder.map { "\($0)/\(program)" } ?? program
    }

    private func note(_ definition: WatcherDefinition) {
        if let identity = ProgramIdentity(of: path(definition)) { programs[definition.name] = identity }
    }

    private func watchFolders() {
        let wanted = mine.reduce(into: Set<String>()) { $0.formUnion(ProgramIdentity.folders(of: path($1.definition))) }
        let failed = folders?.watch(wanted) ?? wanted.sorted()
        polls = !failed.isEmpty
        guard polls else { return }
        if !toldOfPolling {
            toldOfPolling = true
            office?.warning(
                "cannot watch \(failed.joined(separator: ", ")); it is looked at every \(Words.duration(pause))")
        }
        lookLater()
    }

    /// Once after a burst of changes.
    private func lookLater() {
        guard timer == nil else { return }
        timer = office?.loop.after(pause) { [weak self] in self?.look() }
    }

    private func look() {
        timer = nil
        guard let office, !office.isStopping else { return }
        for view in mine {
            let name = view.definition.name
            // Nothing there, for the moment: a package manager is at work.
            guard let now = ProgramIdentity(of: path(view.definition)) else { continue }
            guard let before = programs.updateValue(now, forKey: name), before != now, !view.pids.isEmpty else {
                continue
            }
            let what =
                before.path != now.path
                ? "its command now is \(now.path)" : "\(now.path) has changed"
            office.ask(.restart(name), what)
        }
        watchFolders()
    }
}
