/// Something that happened under supervision: what plugins hear and `dockmaster events` shows.
package struct SupervisorEvent: Sendable, Equatable {
    /// The kinds, by their names on the wire.
    package enum Kind: String, Sendable, Equatable, Hashable, CaseIterable {
        case spawned, ready, exited, restarted, stopping, stopped, reloaded, tick
        case gaveUp = "gave_up"
        case reloadRefused = "reload_refused"
        case checkFailed = "check_failed"
        case checkRecovered = "check_recovered"
        /// Circus's add, remove and updated.
        case added, removed, updated
        /// Said by a plugin with `emit`.
        case emitted
    }

    package var kind: Kind
    /// nil: it concerns the supervisor as a whole.
    package var watcher: String?
    package var instance: Int?
    package var pid: Int32?
    /// Nanoseconds since the epoch.
    package var time: Int64
    /// "signal": "SIGSEGV", "code": "1", "after_ms", "uptime_s", "reason", "plugin" …
    package var fields: [String: String]

    package init(
        _ kind: Kind, watcher: String? = nil, instance: Int? = nil, pid: Int32? = nil, time: Int64 = 0,
        fields: [String: String] = [:]
    ) {
        self.kind = kind
        self.watcher = watcher
        self.instance = instance
        self.pid = pid
        self.time = time
        self.fields = fields
    }
}
