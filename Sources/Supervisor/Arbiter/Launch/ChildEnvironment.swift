internal import Glibc

/// What of the supervisor's environment its children get: what any program may need to find its way, and nothing that
/// speaks of the supervisor, its sockets or its options.
enum ChildEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH",
    ]
    private static let prefixes = ["LC_", "SWIFT_", "MALLOC_", "NIO_"]

    static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// What speaks of us and our own supervisor, and would mislead a child.
    private static let neverPassed: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "MAINPID",
        "DOCKMASTER_WATCHER", "DOCKMASTER_INSTANCE", "DOCKMASTER_WID",
    ]

    static func inherited() -> [String: String] {
        var result = all().filter { name, _ in
            names.contains(name) || prefixes.contains { name.hasPrefix($0) }
        }
        if result["PATH"] == nil { result["PATH"] = standardPath }
        return result
    }

    /// Everything (`copy_env`), but for what speaks of us and our own supervisor.
    static func all() -> [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let line = next.pointee {
            next = next.advanced(by: 1)
            let parts = String(cString: line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = String(parts[0])
            if !neverPassed.contains(name) { result[name] = String(parts[1]) }
        }
        return result
    }
}
