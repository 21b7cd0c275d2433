internal import ProcessControl

/// How a plugin stands, for `status` and `list`.
struct PluginStatus {
    var name: String
    /// "cron", or the program of an executable.
    var use: String
    /// The words of a watcher's state.
    var state: String
    /// nil: it is built in.
    var pid: ProcessID?
    var instance: Int
    var uptime: Duration?
    var restarts: Int
    /// Why it was last ended, or nothing.
    var status: String
    var isRequired: Bool
}
