internal import CLinux
internal import Glibc

/// One epoll loop that belongs to one thread: descriptors, timers, and nothing that wakes it without a reason.
/// - Not Sendable: every handler runs on the thread that calls `run()`. Other threads reach it through a `Mailbox`.
package final class EventLoop {
    /// What is ready at a descriptor.
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Readiness(rawValue: CLINUX_READABLE)
        package static let writable = Readiness(rawValue: CLINUX_WRITABLE)
        package static let failed = Readiness(rawValue: CLINUX_FAILED)
        package static let hungUp = Readiness(rawValue: CLINUX_HUNG_UP)
    }

    /// A descriptor that is watched. Ends with `stopWatching`; never reused.
    package struct Registration: Hashable, Sendable {
        let token: UInt64
        let descriptor: CInt
    }

    /// A timer that has been armed. Cancelling one that has run does nothing.
    package struct Timer: Hashable, Sendable {
        let id: UInt64
    }

    private let epoll: OwnedDescriptor
    private var handlers: [UInt64: (Readiness) -> Void] = [:]
    private var timers: [UInt64: () -> Void] = [:]
    private var queue = TimerQueue()
    private var nextToken: UInt64 = 1
    private var running = false
    private var ready = [clinux_ready](repeating: clinux_ready(), count: 64)

    package init() throws(SystemError) {
        epoll = OwnedDescriptor(adopting: try checked(clinux_epoll_create(), "make an epoll descriptor"))
    }

    // MARK: Descriptors

    /// Calls `handler` whenever the descriptor is ready (level-triggered).
    package func watch(
        _ descriptor: CInt, for events: Readiness, _ handler: @escaping (Readiness) -> Void
    ) throws(SystemError) -> Registration {
        let token = nextToken
        nextToken += 1
        try checked(clinux_epoll_add(epoll.number, descriptor, events.rawValue, token), "watch a descriptor")
        handlers[token] = handler
        return Registration(token: token, descriptor: descriptor)
    }

    package func change(_ registration: Registration, to events: Readiness) throws(SystemError) {
        try checked(
            clinux_epoll_change(epoll.number, registration.descriptor, events.rawValue, registration.token),
            "watch a descriptor")
    }

    /// Ends watching. Call it before the descriptor is closed.
    package func stopWatching(_ registration: Registration) {
        guard handlers.removeValue(forKey: registration.token) != nil else { return }
        _ = clinux_epoll_remove(epoll.number, registration.descriptor)
    }

    // MARK: Timers

    @discardableResult
    package func after(_ delay: Duration, _ action: @escaping () -> Void) -> Timer {
        let id = nextToken
        nextToken += 1
        timers[id] = action
        queue.insert(.init(due: MonotonicTime.now.advanced(by: delay), id: id))
        return Timer(id: id)
    }

    package func cancel(_ timer: Timer) {
        timers[timer.id] = nil
        if queue.count > 64 && queue.count > 2 * timers.count {
            queue.keep { timers[$0] != nil }
        }
    }

    // MARK: Running

    /// Runs until `stop()`. Returns the error of epoll itself, which nothing but a closed descriptor can cause.
    package func run() throws(SystemError) {
        running = true
        while running { try turn(waiting: nil) }
    }

    package func stop() {
        running = false
    }

    /// One turn: waits at most `limit` (nil: until something happens) and runs what is due.
    package func turn(waiting limit: Duration?) throws(SystemError) {
        let wait = timeout(limit)
        let count = try checked(
            clinux_epoll_wait(epoll.number, &ready, CInt(ready.count), wait), "wait for events")
        for entry in ready[..<Int(count)] {
            // A handler that ran a moment ago may have ended this one.
            handlers[entry.token]?(Readiness(rawValue: entry.events))
        }
        runTimers()
    }

    private func runTimers() {
        guard queue.next != nil else { return }
        let now = MonotonicTime.now
        while let next = queue.next, next.due <= now {
            _ = queue.removeFirst()
            timers.removeValue(forKey: next.id)?()
        }
    }

    /// Milliseconds until the next timer, rounded up so that the loop never spins; −1 without one.
    private func timeout(_ limit: Duration?) -> CInt {
        while let next = queue.next, timers[next.id] == nil { _ = queue.removeFirst() }
        let now = MonotonicTime.now
        var wait: UInt64?
        if let next = queue.next {
            wait = next.due.nanoseconds > now.nanoseconds ? next.due.nanoseconds - now.nanoseconds : 0
        }
        if let limit {
            let longest = now.advanced(by: limit).nanoseconds - now.nanoseconds
            wait = min(wait ?? longest, longest)
        }
        guard let wait else { return -1 }
        return CInt(clamping: wait / 1_000_000 + (wait % 1_000_000 == 0 ? 0 : 1))
    }
}
