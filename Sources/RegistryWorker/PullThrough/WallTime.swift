import Glibc

/// The time of day.
enum WallTime {
    /// Seconds since the epoch.
    static var now: Int { Glibc.time(nil) }
}
