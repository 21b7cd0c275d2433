internal import CLinux

/// A point of CLOCK_MONOTONIC, which no administrator and no time server can set back.
package struct MonotonicTime: Sendable, Comparable, Hashable {
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: MonotonicTime {
        MonotonicTime(nanoseconds: clinux_monotonic_nanoseconds())
    }

    /// Time since boot, as the pure state machines take it.
    package var sinceBoot: Duration { .nanoseconds(Int64(clamping: nanoseconds)) }

    package func advanced(by duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0 else { return self }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (part, partOverflow) = whole.addingReportingOverflow(UInt64(max(0, attoseconds) / 1_000_000_000))
        let (sum, sumOverflow) = nanoseconds.addingReportingOverflow(part)
        return MonotonicTime(nanoseconds: overflow || partOverflow || sumOverflow ? .max : sum)
    }

    package func since(_ earlier: MonotonicTime) -> Duration {
        .nanoseconds(Int64(clamping: nanoseconds >= earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0))
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
