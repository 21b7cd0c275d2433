#if canImport(Glibc)
    internal import Glibc
#endif

/// The wall clock as tokens need it: time since 1970.
package enum EpochClock {
    package static func seconds() -> Int64 { Int64(time().tv_sec) }

    package static func microseconds() -> Int64 {
        let now = time()
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }

    private static func time() -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now
    }
}
