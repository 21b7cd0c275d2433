/// The events on their way to one plugin: numbered from 1, a window on the wire, a bounded queue behind it.
struct EventBacklog: Sendable, Equatable {
    struct Next: Sendable, Equatable {
        let seq: Int
        let event: SupervisorEvent
        /// How many were dropped before this one.
        let missed: Int
    }

    private let window: Int
    private let limit: Int
    private var queue: [SupervisorEvent] = []
    private var missed = 0
    /// When each unacknowledged event was sent, by its number, oldest first.
    private var sent: [(seq: Int, time: Duration)] = []
    private var last = 0

    init(window: Int, queue: Int) {
        self.window = window
        limit = queue
    }

    /// When the oldest unacknowledged event was sent.
    var oldestSent: Duration? { sent.first?.time }
    var unacknowledged: Int { sent.count }
    var waiting: Int { queue.count }

    mutating func add(_ event: SupervisorEvent) {
        queue.append(event)
        guard queue.count > limit else { return }
        queue.removeFirst()
        missed += 1
    }

    /// The next event that may go on the wire.
    mutating func next(at now: Duration) -> Next? {
        guard sent.count < window, !queue.isEmpty else { return nil }
        last += 1
        sent.append((last, now))
        defer { missed = 0 }
        return Next(seq: last, event: queue.removeFirst(), missed: missed)
    }

    /// - Returns: false when no event of that number was ever sent.
    mutating func acknowledge(_ seq: Int, at now: Duration) -> Bool {
        guard seq <= last else { return false }
        sent.removeAll { $0.seq <= seq }
        return true
    }

    static func == (left: EventBacklog, right: EventBacklog) -> Bool {
        left.window == right.window && left.limit == right.limit && left.queue == right.queue
            && left.missed == right.missed && left.last == right.last
            && left.sent.elementsEqual(right.sent) { $0 == $1 }
    }
}
