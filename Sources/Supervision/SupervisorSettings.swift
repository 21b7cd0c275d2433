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
    /// How long everything together may take to stop before it is killed; nil: each watcher's own grace, and in a
    /// container, where we would be killed ourselves, a little less than ten seconds (`stopDeadline(isContainer:graces:)`).
    package var stopDeadline: Duration?
    /// Whether there is no deadline in a container either.
    package var hasNoStopDeadline = false
    package var rotation = LogRotation()
    package var control = ControlAccess()

    package init() {}

    /// When everything that is left is killed; nil: never, each watcher has its own grace.
    /// - As PID 1 of a container we are killed ten seconds after `docker stop`: better to do it ourselves before. Who has
    ///   given a watcher more time than that will have told docker so as well (`--time`, `stop_grace_period`).
    /// - Parameter graces: those of the watchers.
    package func stopDeadline(isContainer: Bool, graces: some Sequence<Duration>) -> Duration? {
        if let stopDeadline { return stopDeadline }
        guard isContainer, !hasNoStopDeadline else { return nil }
        let isChosen = { (grace: Duration) in grace > Self.containerDeadline && grace != WatcherSettings().grace }
        return graces.contains(where: isChosen) ? nil : Self.containerDeadline
    }

    private static let containerDeadline: Duration = .seconds(9)
}
