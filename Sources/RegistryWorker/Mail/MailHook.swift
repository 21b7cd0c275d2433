import BundleLog
import HTTPService
import Logging
import Synchronization
import TextFormats

/// Mails log entries of some levels: what comes together goes together.
///
/// - Pace: the first entry waits `gathering` for company; after a mail the next comes `pause` later at the earliest.
/// - Loss: at most `limit` entries wait, further ones are counted; they wait in memory, and end with a process that is killed.
final class MailHook: Sendable {
    private struct State {
        var entries: [MailMessage.Entry] = []
        var omitted = 0
    }

    let settings: MailSettings
    private let gathering: Duration
    private let pause: Duration
    private let limit: Int
    private let retry: RetryPolicy
    private let hostName: String
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(
        _ settings: MailSettings, gathering: Duration = .seconds(10), pause: Duration = .seconds(60), limit: Int = 500,
        retry: RetryPolicy = RetryPolicy(threshold: 1, backoff: .seconds(30), ceiling: .seconds(600)),
        logger: Logger = Logger(label: "registry")
    ) {
        self.settings = settings
        self.gathering = gathering
        self.pause = pause
        self.limit = limit
        self.retry = retry
        self.logger = logger
        hostName = EventSource().address
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The bridge to the task that sends: it ends with `stop()`, and at the latest with the process.
    func start() {
        task.withLock { $0 = Task { await run() } }
    }

    /// Sends what waits, once, and ends.
    func stop() async {
        let running = task.withLock { $0 }
        running?.cancel()
        await running?.value
        _ = await send(within: .seconds(5))
    }

    /// Takes a log entry, if it is of a level that is mailed. Never waits; what the mail itself logs is not mailed.
    func take(_ entry: ObservedLog) {
        guard settings.levels.contains(entry.level), entry.fields[LogField.event] != Self.ownEvent else { return }
        state.withLock { state in
            guard state.entries.count < limit else {
                state.omitted += 1
                return
            }
            state.entries.append(
                MailMessage.Entry(
                    time: entry.time, level: entry.level.rawValue, message: String(entry.message.prefix(2_000)),
                    fields: entry.fields.mapValues { String($0.prefix(2_000)) }))
        }
        wake.yield()
    }

    private static let ownEvent = "mail_failed"

    private func run() async {
        var failures = 0
        for await _ in wakes {
            var delay = gathering
            while state.withLock({ !$0.entries.isEmpty }) {
                do { try await Task.sleep(for: delay) } catch { return }
                if await send(within: .seconds(60)) {
                    failures = 0
                    delay = pause
                } else {
                    failures += 1
                    delay = retry.delay(after: failures)
                }
            }
            if Task.isCancelled { return }
            // The pause after a mail, when nothing has come meanwhile.
            if failures == 0, delay == pause { do { try await Task.sleep(for: pause) } catch { return } }
        }
    }

    /// - Returns: false when the mail was not accepted: its entries wait again, before those that came meanwhile.
    private func send(within limit: Duration) async -> Bool {
        let taken = state.withLock { state in
            defer { state = State() }
            return state
        }
        guard !taken.entries.isEmpty else { return true }
        let message = MailMessage(
            from: settings.from, to: settings.to, hostName: hostName,
            date: HTTPDate.now().replacing("GMT", with: "+0000"), entries: taken.entries, omitted: taken.omitted)
        do throws(SMTPClient.Refusal) {
            try await SMTPClient.send(message.bytes, settings, hostName: hostName, within: limit)
            return true
        } catch {
            state.withLock { state in
                let room = max(self.limit - taken.entries.count, 0)
                state.omitted += taken.omitted + max(state.entries.count - room, 0)
                state.entries = taken.entries + state.entries.prefix(room)
            }
            logger.warning(
                """
                cannot mail \(Wording.entries(taken.entries.count)) through \(settings.host):\(settings.port): \
                \(error.words). They are kept and tried again
                """, metadata: [LogField.event: "\(Self.ownEvent)", LogField.error: "\(error.words)"])
            return false
        }
    }
}

extension Wording {
    fileprivate static func entries(_ number: Int) -> String { number == 1 ? "1 log entry" : "\(number) log entries" }
}
