/// A watcher as it is configured.
package struct WatcherDefinition: Sendable, Equatable, Codable {
    /// How running instances take up a change.
    package enum ReloadManner: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
        /// SIGHUP; the process swaps its state without a lost request. A change it cannot read again replaces it.
        case signal
        /// A new instance beside the old on the same sockets; the old is drained once the new is ready.
        case replace
        /// One instance after the other: stop, start, ready, next.
        case sequential
        /// All stop, then all start.
        case terminate
    }

    /// What the end of a process by itself does to the rest.
    package enum OnExit: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
        case nothing
        /// The supervisor stops everything and ends with the process's exit code (128 + signal).
        case shutdown
    }

    package var name: String
    /// The program's path or name (searched along PATH) and its arguments. `$(…)` placeholders are resolved at spawn:
    /// `$(circus.wid)`, `$(circus.env.NAME)`, `$(circus.sockets.NAME)` (its descriptor), as circus has them.
    package var command: [String]
    package var environment: [String: String] = [:]
    /// Whether the supervisor's own environment is passed on.
    package var copiesEnvironment = false
    /// A file of NAME=value lines, 0600, read at each start: secrets stay out of the configuration.
    package var environmentFile: String?
    /// A fingerprint of what that file said when the configuration was read; nil: it could not be read, or its name is
    /// known at the start only. Never shown: who guesses a short secret could see that it is right.
    package var environmentFingerprint: UInt64?
    package var folder: String?
    package var attributes = ProcessAttributes()
    package var sockets: [SocketDefinition] = []
    /// The socket that is the process's standard input (inetd's manner).
    package var inputSocket: String?
    package var output = OutputDefinition()
    package var error = OutputDefinition()
    /// nil: the supervisor's.
    package var rotation: LogRotation?

    /// How many processes.
    package var instances = 1
    /// At most one process at any time: never scaled, never replaced side by side.
    package var isSingleton = false
    package var autostart = true
    /// Starts with the first connection (or datagram) at one of its sockets.
    package var onDemand = false
    /// Pause between the starts of two of its instances.
    package var warmup: Duration = .zero
    /// Higher starts earlier, among those that do not depend on each other.
    package var priority = 0
    /// Starts only once these have come so far, and stops before them. A watcher that fails later does not stop this one.
    package var after: [Dependency] = []
    /// Like `after`, and the start is given up when one of these fails to start.
    package var requires: [Dependency] = []
    package var readiness = Readiness.notify
    package var health: HealthCheck?
    package var onExit = OnExit.nothing
    /// A task that ends, rather than a service that stays.
    package var isOneshot = false
    /// A process older than this is replaced; up to `ageVariance` is added, drawn anew for each.
    package var maxAge: Duration?
    package var ageVariance: Duration = .seconds(30)
    package var hooks: [HookDefinition] = []

    package var reload: ReloadManner = .signal
    /// Whether the stop signal goes to every process of the tree, not only the main one.
    package var stopsChildren = false
    /// Fingerprints of the files that the process reads again on reload.
    package var files: [String: UInt64] = [:]
    package var settings = WatcherSettings()
    /// The signal the kernel sends when the supervisor itself is killed; nil: none.
    package var parentDeathSignal: Int32?
    /// Keys of other makers (`flapping.*`), for plugins.
    package var options: [String: String] = [:]

    package init(name: String, command: [String]) {
        self.name = name
        self.command = command
    }

    /// Everything it waits for.
    package var dependencies: [Dependency] { after + requires }

    /// What each of its state machines goes by: the settings, and what the rest of the definition says about them.
    package var machineSettings: WatcherSettings {
        var result = settings
        if readiness == .started { result.awaitsReady = false }
        if reload != .signal { result.reloadSignal = nil }
        if isOneshot, result.policy.respawn == .always { result.policy.respawn = .never }
        return result
    }

    /// How old a process may become: `maxAge` and up to `ageVariance` more, so that processes that started together do not
    /// end together. nil: as old as it likes.
    /// - Parameter draw: 0…1, drawn by the caller for each process.
    package func ageLimit(draw: Double) -> Duration? {
        guard let maxAge, maxAge > .zero else { return nil }
        return maxAge + ageVariance * min(max(draw, 0), 1)
    }

    /// A fingerprint for `files`: FNV-1a, which tells versions of one file apart and reveals nothing of its secrets.
    package static func fingerprint(_ contents: String) -> UInt64 {
        contents.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
