internal import Glibc

/// The limits of getrlimit(2) by the names that limits.conf(5) and circus use.
package enum ResourceName {
    private static let numbers: [String: CInt] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8,
        "as": 9, "locks": 10, "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]

    /// The kernel's number (the same on x86-64 and arm64) for "nofile" or "RLIMIT_NOFILE".
    package static func number(_ name: String) -> CInt? {
        let lower = name.lowercased()
        return numbers[lower.hasPrefix("rlimit_") ? String(lower.dropFirst(7)) : lower]
    }
}
