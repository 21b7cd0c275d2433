/// One run of an executable plugin, from `hello` to its end: what it is told and when, what it says, and when it has
/// failed. A pure value with the caller's clock; nothing here waits, and nothing here can make a watcher wait.
///
/// - Events: at most `window` unacknowledged on the wire, at most `queue` behind them, then the oldest is dropped and a
///   `gap` tells how many. An acknowledgement stands for every event up to its number.
/// - Deadlines: `ready`, each acknowledgement, and reading what was sent: `deadline` each.
/// - Ends with the first `.fail`: after it every event is ignored.
package struct PluginSession: Sendable, Equatable {
    package enum Event: Sendable, Equatable {
        /// It runs.
        case launched
        /// Something happened under supervision.
        case happened(SupervisorEvent)
        /// It wrote this on descriptor 4.
        case received([UInt8])
        /// It closed descriptor 4.
        case hungUp
        /// So many bytes of `outgoing` went into descriptor 3.
        case wrote(Int)
        /// What became of a command.
        case answered(id: String, PluginNotice.Refused?)
        /// It is to end.
        case dismissed
        case timer(generation: Int)
    }

    package enum Action: Sendable, Equatable {
        /// It works: subscribed to these.
        case ready(Set<SupervisorEvent.Kind>)
        /// To be obeyed; answered by `.answered`.
        case perform(PluginCommand)
        /// Reports `.timer(generation:)` after that long; it replaces the earlier timer.
        case arm(generation: Int, after: Duration)
        /// For the log: what it did wrong and got away with.
        case warn(String)
        /// It has failed: it is to be ended and started again, with this said in the log.
        case fail(String)
    }

    private enum Phase: Sendable, Equatable {
        case idle
        case greeting
        case working
        case parting
        case failed
    }

    let limits: PluginLimits
    private let may: Set<String>
    private let settings: String
    private var phase = Phase.idle
    private var reader: PluginLineReader
    private var subscribed: Set<SupervisorEvent.Kind> = []
    private var backlog: EventBacklog
    private var rate: CommandRate
    private var badLines = 0
    /// Bytes that descriptor 3 has not taken yet.
    package private(set) var outgoing: [UInt8] = []
    /// Since when nothing of `outgoing` was taken.
    private var stuckSince: Duration?
    private var launchedAt: Duration = .zero
    private var generation = 0
    private var armed: Duration?

    package init(settings: String, may: Set<String>, limits: PluginLimits = PluginLimits()) {
        self.settings = settings
        self.may = may
        self.limits = limits
        reader = PluginLineReader(limit: limits.line)
        backlog = EventBacklog(window: limits.window, queue: limits.queue)
        rate = CommandRate(limit: limits.commands, window: limits.commandWindow)
    }

    /// Whether descriptor 4 is to be read: not while it leaves our answers unread.
    package var wantsInput: Bool { phase != .failed && outgoing.count <= limits.unread }

    /// What it wants to hear, once it is ready.
    package var subscriptions: Set<SupervisorEvent.Kind> { phase == .working ? subscribed : [] }

    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        guard phase != .failed else { return [] }
        var actions: [Action] = []
        switch event {
        case .launched: launch(at: now)
        case .happened(let event): happen(event, at: now)
        case .received(let bytes): actions = receive(bytes, at: now)
        case .hungUp: if phase != .parting { actions = fail("it closed descriptor 4") }
        case .wrote(let count): wrote(count, at: now)
        case .answered(let id, let refused): if phase == .working { send(.result(id: id, refused), at: now) }
        case .dismissed: dismiss(at: now)
        case .timer(let number): if number == generation { actions = timer(at: now) }
        }
        return actions + rearm(at: now)
    }

    // MARK: To the plugin

    private mutating func launch(at now: Duration) {
        guard phase == .idle else { return }
        phase = .greeting
        launchedAt = now
        send(.hello(settings: settings, window: limits.window), at: now)
    }

    private mutating func happen(_ event: SupervisorEvent, at now: Duration) {
        guard phase == .working, subscribed.contains(event.kind) else { return }
        backlog.add(event)
        flush(at: now)
    }

    /// Sends what the window has room for.
    private mutating func flush(at now: Duration) {
        while let next = backlog.next(at: now) {
            if next.missed > 0 { send(.gap(missed: next.missed), at: now) }
            send(.event(seq: next.seq, next.event), at: now)
        }
    }

    private mutating func send(_ notice: PluginNotice, at now: Duration) {
        if outgoing.isEmpty { stuckSince = now }
        outgoing += notice.line
    }

    private mutating func wrote(_ count: Int, at now: Duration) {
        guard count > 0 else { return }
        outgoing.removeFirst(min(count, outgoing.count))
        stuckSince = outgoing.isEmpty ? nil : now
    }

    private mutating func dismiss(at now: Duration) {
        guard phase == .greeting || phase == .working else { return }
        phase = .parting
        backlog = EventBacklog(window: limits.window, queue: limits.queue)
        send(.bye(within: limits.deadline), at: now)
    }

    // MARK: From the plugin

    private mutating func receive(_ bytes: [UInt8], at now: Duration) -> [Action] {
        var actions: [Action] = []
        for line in reader.take(bytes) {
            // What comes after `bye` is not worth a judgement.
            guard phase == .greeting || phase == .working else { break }
            do throws(PluginMessage.Fault) {
                guard case .whole(let bytes) = line else {
                    throw PluginMessage.Fault("it is longer than \(limits.line) bytes")
                }
                actions += try obey(PluginMessage(line: bytes), at: now)
            } catch {
                actions += badLine(error.description)
            }
        }
        return actions
    }

    private mutating func obey(_ message: PluginMessage, at now: Duration) throws(PluginMessage.Fault) -> [Action] {
        switch (message, phase) {
        case (.ready(let kinds), .greeting):
            phase = .working
            subscribed = kinds
            return [.ready(kinds)]
        case (.ready, _): throw PluginMessage.Fault("ready was said already")
        case (.ack(let seq), .working):
            guard backlog.acknowledge(seq, at: now) else { throw PluginMessage.Fault("event \(seq) was never sent") }
            flush(at: now)
            return []
        case (.command(let command), .working): return judge(command, at: now)
        case (.ack, _), (.command, _): throw PluginMessage.Fault("ready must come first")
        }
    }

    private mutating func judge(_ command: PluginCommand, at now: Duration) -> [Action] {
        guard rate.allows(at: now) else {
            let wait = Self.seconds(rate.wait(at: now))
            let refused = PluginNotice.Refused(
                "more than \(limits.commands) commands within \(Self.seconds(limits.commandWindow)) s",
                remedy: "wait \(wait) s")
            send(.result(id: command.id, refused), at: now)
            return rate.isFirstRefusal
                ? [.warn("sends more than \(limits.commands) commands a minute; the rest is refused")] : []
        }
        guard may.contains(command.name) else {
            let refused = PluginNotice.Refused(
                "\(command.name) is not in its may: list", remedy: "add it there: may: [\(command.name)]")
            send(.result(id: command.id, refused), at: now)
            return [.warn("asks for \(command.name), which is not in its may: list; refused")]
        }
        return [.perform(command)]
    }

    private mutating func badLine(_ why: String) -> [Action] {
        badLines += 1
        if badLines < limits.badLines { return [.warn("wrote a bad line (\(badLines) of \(limits.badLines)): \(why)")] }
        return fail("it wrote \(badLines) bad lines, the last because \(why)")
    }

    // MARK: Time

    /// The nearest deadline, and what missing it means.
    private var deadline: (time: Duration, words: String)? {
        var nearest: (time: Duration, words: String)?
        func consider(_ start: Duration?, _ words: String) {
            guard let start, nearest.map({ start + limits.deadline < $0.time }) ?? true else { return }
            nearest = (start + limits.deadline, words)
        }
        let within = "within \(Self.words(limits.deadline))"
        switch phase {
        case .idle, .failed, .parting: break
        case .greeting: consider(launchedAt, "it was not ready \(within)")
        case .working: consider(backlog.oldestSent, "it did not acknowledge an event \(within)")
        }
        if phase != .parting { consider(stuckSince, "it did not read what it was sent \(within)") }
        return nearest
    }

    private mutating func timer(at now: Duration) -> [Action] {
        armed = nil
        guard let deadline, deadline.time <= now else { return [] }
        return fail(deadline.words)
    }

    /// Timers are armed lazily: one that comes too early looks again.
    private mutating func rearm(at now: Duration) -> [Action] {
        guard let due = deadline?.time, armed.map({ due < $0 }) ?? true else { return [] }
        generation += 1
        armed = due
        return [.arm(generation: generation, after: max(.zero, due - now))]
    }

    private mutating func fail(_ why: String) -> [Action] {
        phase = .failed
        outgoing = []
        return [.fail(why)]
    }

    private static func seconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds + (attoseconds > 0 ? 1 : 0)
    }

    private static func words(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
