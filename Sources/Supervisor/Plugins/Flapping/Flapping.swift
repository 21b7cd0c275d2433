internal import BundleConfig
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// `use: flapping`: a watcher that dies too often is stopped, started again after a while, and stopped for good after a
/// number of such pauses. What the watcher's own back-off does goes on beside it.
/// - Per watcher, `options` may hold `flapping.attempts`, `.window`, `.retry_in`, `.max_retry`, `.active`.
final class Flapping: BuiltInPlugin {
    static let commands: Set<String> = ["stop", "start"]
    private static let keys = ["watcher", "attempts", "window", "retry_in", "max_retry", "active"]

    private let limits: FlappingHistory.Limits
    private let glob: WatcherGlob
    private var histories: [String: FlappingHistory] = [:]
    private var pauses: [String: EventLoop.Timer] = [:]
    private var office: PluginOffice?

    init(_ settings: ConfigurationNode) throws(ConfigurationErrors) {
        try settings.refuseUnknownKeys(Self.keys)
        var limits = FlappingHistory.Limits()
        do throws(ConfigurationError) {
            glob = WatcherGlob(try settings.string("watcher"))
            try Self.read(settings, into: &limits)
        } catch {
            throw ConfigurationErrors([error])
        }
        self.limits = limits
    }

    private static func read(
        _ node: ConfigurationNode, into limits: inout FlappingHistory.Limits
    ) throws(ConfigurationError) {
        if let attempts = try node.integer("attempts") {
            guard attempts > 0 else {
                throw (node["attempts"] ?? node).refused("is \(attempts)", remedy: "Write 1 or more")
            }
            limits.attempts = attempts
        }
        if let window = try node.duration("window") { limits.window = window }
        if let retryIn = try node.duration("retry_in") { limits.retryIn = retryIn }
        if let most = try node.integer("max_retry") { limits.maxRetry = most < 0 ? nil : most }
        if let isActive = try node.bool("active") { limits.isActive = isActive }
    }

    var subscriptions: Set<SupervisorEvent.Kind> { [.exited, .removed] }

    func start(_ office: PluginOffice) { self.office = office }

    func stop() {
        for timer in pauses.values { office?.loop.cancel(timer) }
        pauses = [:]
        office = nil
    }

    func take(_ event: SupervisorEvent) {
        guard let office, let name = event.watcher, glob.matches(name) else { return }
        if event.kind == .removed {
            histories[name] = nil
            if let timer = pauses.removeValue(forKey: name) { office.loop.cancel(timer) }
            return
        }
        // An end that its definition expects is no death.
        guard event.fields["expected"] == nil else { return }
        let limits = limits(of: name)
        let verdict = histories[name, default: FlappingHistory()].died(at: MonotonicTime.now.sinceBoot, limits)
        let often = "it died \(limits.attempts) times within \(Words.duration(limits.window))"
        switch verdict {
        case .nothing: break
        case .pause(let retry):
            let most = limits.maxRetry.map { " of \($0)" } ?? ""
            office.ask(.stop(name), "\(often); started again in \(Words.duration(limits.retryIn)) (\(retry)\(most))")
            pauses[name] = office.loop.after(limits.retryIn) { [weak self] in
                self?.pauses[name] = nil
                self?.office?.ask(.start(name), "its pause for flapping is over")
            }
        case .stopForGood:
            office.ask(.stop(name), "\(often) again; it stays stopped until somebody starts it")
        }
    }

    /// The settings, with what the watcher itself says above them. A text there that is no number changes nothing.
    private func limits(of name: String) -> FlappingHistory.Limits {
        var limits = limits
        let options = office?.watchers.first { $0.definition.name == name }?.definition.options ?? [:]
        let own = Self.keys.compactMap { key in options["flapping.\(key)"].map { (key, ConfigurationNode.string($0)) } }
        if !own.isEmpty { try? Self.read(.mapping(own), into: &limits) }
        return limits
    }
}
