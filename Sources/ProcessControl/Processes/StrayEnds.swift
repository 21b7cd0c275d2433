internal import Synchronization

/// Ends that the reaper took although another thread waits for them: as PID 1 or subreaper it takes every child there is.
///
/// Who starts a process that the reaper is not told of calls `expect()` before, asks `take(_:)` where the kernel knows
/// nothing of its child any more, and calls `expectNoMore()` afterwards.
package enum StrayEnds {
    private struct State {
        var waiting = 0
        var ends: [ProcessID: ExitStatus] = [:]
    }

    private static let state = Mutex(State())

    package static func expect() {
        state.withLock { $0.waiting += 1 }
    }

    package static func expectNoMore() {
        state.withLock { state in
            state.waiting = max(0, state.waiting - 1)
            if state.waiting == 0 { state.ends = [:] }
        }
    }

    /// How a child ended that the reaper was faster to; nil: not known (yet).
    package static func take(_ pid: ProcessID) -> ExitStatus? {
        state.withLock { $0.ends.removeValue(forKey: pid) }
    }

    static func note(_ pid: ProcessID, _ status: ExitStatus) {
        state.withLock { state in
            if state.waiting > 0 { state.ends[pid] = status }
        }
    }
}
