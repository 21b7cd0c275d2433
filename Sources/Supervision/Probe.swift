/// One question to a service, answered with yes or no.
package enum Probe: Sendable, Equatable, Hashable, Codable {
    /// A connection is accepted. `host` is numeric, or `localhost`.
    case tcp(host: String, port: Int)
    /// A connection to a unix socket is accepted.
    case unix(path: String)
    /// GET is answered with 200–299. Plain HTTP; `socket` is a unix socket's path instead of host and port.
    case http(host: String, port: Int, path: String, socket: String?)
    /// The command ends with 0. It runs as the watcher's user, in its folder, with its environment.
    case exec([String])
}

/// When a process counts as ready.
package enum Readiness: Sendable, Equatable, Hashable, Codable {
    /// As soon as it runs.
    case started
    /// `READY=1` at NOTIFY_SOCKET.
    case notify
    /// A newline on this descriptor (s6's notification-fd).
    case descriptor(Int32)
    /// The probe, asked every `period`, says yes.
    case probe(Probe, period: Duration)
    /// It has run for that long (supervisord's startsecs).
    case after(Duration)
}

/// Repeated questions to a ready service. Source of the defaults: canonical/pebble, "Health checks".
package struct HealthCheck: Sendable, Equatable, Hashable, Codable {
    package enum Action: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
        case restart
        /// The whole supervisor ends, with exit code 1.
        case shutdown
        /// Told in the log, the status and the events only.
        case ignore
    }

    package var probe: Probe
    package var period: Duration
    package var timeout: Duration
    /// Failures in a row that make the service unhealthy.
    package var threshold: Int
    package var action: Action

    package init(
        probe: Probe, period: Duration = .seconds(10), timeout: Duration = .seconds(3), threshold: Int = 3,
        action: Action = .restart
    ) {
        self.probe = probe
        self.period = period
        self.timeout = timeout
        self.threshold = threshold
        self.action = action
    }
}
