/// Holds a watcher back until somebody connects to one of its sockets (`on_demand`).
/// - What arrives stays in the socket's queue, so the socket stays readable until the process accepts: while a process is
///   there, or may come by itself, nobody looks at the sockets.
package struct OnDemandGate: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        /// Not wanted: stopped, or failed.
        case closed
        /// The sockets are watched.
        case waiting
        /// It has been started; the state machines go on from there.
        case open
    }

    package enum Event: Sendable, Equatable {
        /// The watcher is to be up.
        case wanted
        case unwanted
        /// One of the sockets is readable.
        case demand
        /// Its processes have ended as expected: the next connection starts it again (inetd's manner).
        case finished
        /// Its processes have failed for good.
        case failed
    }

    package enum Action: Sendable, Equatable {
        case watchSockets
        case ignoreSockets
        case start
        /// It ends again and again without taking what waits for it: an error worth telling. The gate is closed.
        case giveUp(starts: Int, within: Duration)
    }

    /// As many starts within so long end in `giveUp`. Source: systemd.socket(5), TriggerLimitBurst.
    package static let limit = 20
    package static let window: Duration = .seconds(2)

    package private(set) var state = State.closed
    private var starts: [Duration] = []

    package init() {}

    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        switch (state, event) {
        case (.closed, .wanted):
            starts = []
            state = .waiting
            return [.watchSockets]
        case (.waiting, .unwanted):
            state = .closed
            return [.ignoreSockets]
        case (.waiting, .demand): return open(at: now)
        case (.open, .unwanted), (.open, .failed):
            state = .closed
            return []
        case (.open, .finished):
            state = .waiting
            return [.watchSockets]
        case (.closed, .unwanted), (.closed, .demand), (.closed, .finished), (.closed, .failed): return []
        case (.waiting, .wanted), (.waiting, .finished), (.waiting, .failed): return []
        case (.open, .wanted), (.open, .demand): return []
        }
    }

    private mutating func open(at now: Duration) -> [Action] {
        starts.removeAll { now - $0 > Self.window }
        guard starts.count < Self.limit else {
            state = .closed
            return [.ignoreSockets, .giveUp(starts: starts.count, within: Self.window)]
        }
        starts.append(now)
        state = .open
        return [.ignoreSockets, .start]
    }
}
