/// What concerns the supervisor itself rather than one watcher: the section `supervisor:`.
package struct SupervisorSettings: Sendable, Equatable, Codable {
    /// Who may use the control socket besides root and the supervisor's own user.
    package struct ControlAccess: Sendable, Equatable, Codable {
        /// User ids that may do everything, and those that may only look.
        package var admins: Set<UInt32> = []
        package var readers: Set<UInt32> = []
        /// A TCP address in addition, "127.0.0.1:5555"; only together with a token.
        package var address: String?
        /// The file (0600) with the bearer token of the TCP address.
        package var tokenFile: String?

        package init() {}
    }

    package var umask: UInt32?
    package var pidFile: String?
    /// Pause between the starts of two watchers.
    package var warmup: Duration = .zero
    /// How long everything together may take to stop before it is killed; nil: each watcher's own grace.
    package var stopDeadline: Duration?
    package var rotation = LogRotation()
    package var control = ControlAccess()

    package init() {}
}
