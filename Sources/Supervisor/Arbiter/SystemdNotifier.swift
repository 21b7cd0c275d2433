internal import CSystemd
internal import Glibc
internal import ProcessControl

/// Tells systemd what the bundle does, where systemd asked for it. Source: sd_notify(3), sd_watchdog_enabled(3).
/// - NOTIFY_SOCKET stays in our own environment for libsystemd; no child ever gets it.
struct SystemdNotifier {
    let isWanted: Bool
    /// Whether the listener is systemd itself, which holds sockets for us. Others speak the protocol without a store.
    let hasStore: Bool
    /// How often to say WATCHDOG=1: half of what systemd allows.
    let watchdogInterval: Duration?

    init(isWanted: Bool = getenv("NOTIFY_SOCKET") != nil) {
        self.isWanted = isWanted
        hasStore = isWanted && sd_booted() > 0
        var microseconds: UInt64 = 0
        let enabled = isWanted && sd_watchdog_enabled(0, &microseconds) > 0
        watchdogInterval = enabled ? .microseconds(Int64(clamping: microseconds / 2)) : nil
    }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func status(_ status: String) { send("STATUS=\(status)") }
    func stopping(_ status: String) { send("STOPPING=1\nSTATUS=\(status)") }
    func watchdog() { send("WATCHDOG=1") }

    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(MonotonicTime.now.nanoseconds / 1000)\nSTATUS=reloading")
    }

    /// Asks for more time while a drain is running.
    func extend(by duration: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(duration.components.seconds * 1_000_000)")
    }

    /// Has systemd hold a socket, so that it outlives this process; it comes back in LISTEN_FDS at the next start.
    /// - One that it holds already is not stored twice. FDPOLL=0: it is kept whatever happens at it.
    func store(_ descriptor: CInt, as name: String) {
        guard hasStore else { return }
        var descriptor = descriptor
        sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDPOLL=0\nFDNAME=\(name)", &descriptor, 1)
    }

    func forget(_ name: String) {
        if hasStore { send("FDSTOREREMOVE=1\nFDNAME=\(name)") }
    }

    private func send(_ text: String) {
        if isWanted { sd_notify(0, text) }
    }
}
