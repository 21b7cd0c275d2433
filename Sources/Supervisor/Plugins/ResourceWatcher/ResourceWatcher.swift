internal import BundleConfig
internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// `use: resource_watcher`: restarts a watcher one of whose processes passes a limit `max_count` times in a row.
/// - Settings: `watcher` (pattern), `loop_rate` (60 s), `max_cpu`, `min_cpu` (percent of one processor), `max_mem`,
///   `min_mem` (200MiB, or 50% of the machine), `max_fds`, `health_threshold` (the mean of both percentages), `max_count`
///   (3), `process_children` (look at descendants too; one that passes gets `child_signal`, default TERM).
/// - Nothing is limited that is not named. Cost: one look at /proc for each process every `loop_rate`.
final class ResourceWatcher: BuiltInPlugin {
    static let commands: Set<String> = ["restart", "signal"]
    private static let keys = [
        "watcher", "loop_rate", "max_cpu", "min_cpu", "max_mem", "min_mem", "max_fds", "health_threshold", "max_count",
        "process_children", "child_signal",
    ]

    private let glob: WatcherGlob
    private let rate: Duration
    private let looksAtChildren: Bool
    private let childSignal: CInt
    private var judge: ResourceJudge
    private var office: PluginOffice?
    private var timer: EventLoop.Timer?

    init(_ settings: ConfigurationNode) throws(ConfigurationErrors) {
        try settings.refuseUnknownKeys(Self.keys)
        do throws(ConfigurationError) {
            glob = WatcherGlob(try settings.string("watcher"))
            rate = try settings.duration("loop_rate") ?? .seconds(60)
            guard rate >= .milliseconds(100) else {
                throw (settings["loop_rate"] ?? settings).refused("is too short", remedy: "Write 60s")
            }
            looksAtChildren = try settings.bool("process_children") ?? false
            let signal = try settings.string("child_signal") ?? "TERM"
            guard let number = SignalName.number(signal) else {
                throw (settings["child_signal"] ?? settings).refused("\(signal) is no signal", remedy: "Write TERM")
            }
            childSignal = number
            judge = ResourceJudge(limits: try Self.limits(settings), totalMemory: ProcessSample.totalMemory)
        } catch {
            throw ConfigurationErrors([error])
        }
    }

    private static func limits(_ settings: ConfigurationNode) throws(ConfigurationError) -> ResourceLimits {
        var limits = ResourceLimits()
        limits.maxCPU = try percent(settings, "max_cpu")
        limits.minCPU = try percent(settings, "min_cpu")
        limits.maxMemory = try memory(settings, "max_mem")
        limits.minMemory = try memory(settings, "min_mem")
        limits.maxDescriptors = try settings.integer("max_fds")
        limits.health = try percent(settings, "health_threshold")
        limits.count = try settings.integer("max_count") ?? 3
        guard limits.count > 0 else {
            throw (settings["max_count"] ?? settings).refused("is \(limits.count)", remedy: "Write 1 or more")
        }
        guard !limits.isEmpty else {
            throw settings.refused("name no limit", remedy: "Name one: max_mem: 800MiB, max_cpu: 90, max_fds: 1000")
        }
        return limits
    }

    private static func percent(_ settings: ConfigurationNode, _ key: String) throws(ConfigurationError) -> Double? {
        guard let node = settings[key], let text = try settings.string(key) else { return nil }
        guard let number = Double(text.hasSuffix("%") ? String(text.dropLast()) : text), number >= 0, number.isFinite
        else { throw node.refused("\"\(text)\" is no percentage", remedy: "Write 90") }
        return number
    }

    /// A plain number up to 100 is a percentage, as circus has it.
    private static func memory(
        _ settings: ConfigurationNode, _ key: String
    ) throws(ConfigurationError) -> ResourceLimits.Memory? {
        guard let node = settings[key], let text = try settings.string(key) else { return nil }
        if let number = Double(text.hasSuffix("%") ? String(text.dropLast()) : text) {
            guard (0...100).contains(number) else {
                throw node.refused(
                    "\"\(text)\" has no unit", remedy: "Write 800MiB, or a percentage of the machine: 50%")
            }
            return .percent(number)
        }
        return .bytes(try node.byteSize().bytes)
    }

    var subscriptions: Set<SupervisorEvent.Kind> { [] }
    func take(_ event: SupervisorEvent) {}

    func start(_ office: PluginOffice) {
        self.office = office
        look()
    }

    func stop() {
        if let timer { office?.loop.cancel(timer) }
        timer = nil
        office = nil
    }

    private func look() {
        guard let office, !office.isStopping else { return }
        timer = office.loop.after(rate) { [weak self] in self?.look() }
        var owners: [ProcessID: (watcher: String, isChild: Bool)] = [:]
        var samples: [ResourceJudge.Sample] = []
        for view in office.watchers where glob.matches(view.definition.name) {
            for pid in view.pids {
                let children = looksAtChildren ? ProcessSample.descendants(of: pid) : []
                for process in [pid] + children where owners[process] == nil {
                    owners[process] = (view.definition.name, process != pid)
                    if let sample = ProcessSample.read(process, descriptors: judge.limits.maxDescriptors != nil) {
                        samples.append(sample)
                    }
                }
            }
        }
        var restarted: Set<String> = []
        for finding in judge.judge(samples, at: MonotonicTime.now.sinceBoot) {
            guard let owner = owners[finding.pid] else { continue }
            if owner.isChild {
                office.info("sends \(SignalName.name(childSignal)) to a child of \(owner.watcher): \(finding.reason)")
                kill(finding.pid, childSignal)
            } else if restarted.insert(owner.watcher).inserted {
                office.ask(.restart(owner.watcher), finding.reason)
            }
        }
    }
}
