import BundleConfig
import BundleLog
import Logging
import NIOPosix
import TextFormats

/// Sees to it that there is a certificate: looks at what is there, orders, waits.
actor CertificateKeeper {
    enum Event: Sendable, Equatable {
        /// How things are, in a sentence.
        case status(String)
        /// The authority gave no answer.
        case unreachable
    }

    /// The longest sleep: files are looked at again, and a clock that was set is seen.
    private static let longestSleep = 3_600
    /// A failure is pressing when the certificate ends within so many seconds.
    private static let pressing = 7 * 86_400

    private let configuration: ACMEConfiguration
    private let transport: any ACMETransport
    private let clock: any WorkerClock
    private let logger: Logger
    private let tell: @Sendable (Event) -> Void
    private let draw: @Sendable () -> Double
    private let threads: NIOThreadPool
    private let folder: CertificateFolder
    private var backOff = BackOff()
    /// Nothing is tried for so many seconds from that moment (since 1970).
    private var paused = (from: 0, seconds: 0)
    /// Decides how early this certificate is renewed.
    private var chance: Double
    private var told: Event?

    /// - Parameters:
    ///   - draw: chance, 0 to 1.
    ///   - tell: called with each change of state.
    init(
        configuration: ACMEConfiguration, transport: any ACMETransport, clock: any WorkerClock, logger: Logger,
        threads: NIOThreadPool = .singleton, draw: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        tell: @escaping @Sendable (Event) -> Void
    ) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        self.logger = logger
        self.threads = threads
        self.draw = draw
        self.tell = tell
        folder = CertificateFolder(configuration: configuration)
        chance = draw()
    }

    /// Until its task is cancelled.
    func run() async {
        let (folder, challenges) = (folder, configuration.folders.challenges)
        try? await threads.runIfActive {
            folder.clear()
            ChallengeAnswers(folder: challenges).clear()
        }
        while !Task.isCancelled {
            let wait = await attend()
            do {
                try await clock.sleep(for: .seconds(min(max(wait, 1), Self.longestSleep)))
            } catch {
                return
            }
        }
    }

    /// Does what there is to do.
    /// - Returns: for how many seconds there is nothing more.
    func attend() async -> Int {
        if let left = pauseLeft() { return left }
        var present: IssuedCertificate?
        do throws(ACMEFailure) {
            let folder = folder
            present = try await threads.run { () throws(ACMEFailure) in try folder.present() }
            switch RenewalPlan(present, configuration, now: clock.now, chance: chance) {
            case .wait(let moment):
                tellOf(present, until: moment)
                return moment - clock.now
            case .order(let reason):
                logger.info(
                    "orders a certificate for \(names) from \(configuration.directory): \(reason)",
                    metadata: [LogField.event: "acme_order"])
                return try conclude(try await obtain())
            }
        } catch {
            return Task.isCancelled ? 0 : pause(after: error, present)
        }
    }

    /// A clock that was set back makes no pause longer than it was meant to be.
    private func pauseLeft() -> Int? {
        paused.from = min(paused.from, clock.now)
        let left = paused.from + paused.seconds - clock.now
        return left > 0 ? left : nil
    }

    private var names: String { configuration.domains.joined(separator: ", ") }

    private func obtain() async throws(ACMEFailure) -> IssuedCertificate {
        let (folder, clock) = (folder, clock)
        let client = try await register()
        let issuance = Issuance(configuration: configuration, client: client, clock: clock, threads: threads)
        do throws(ACMEFailure) {
            let (order, key) = try await order(by: issuance)
            let chain = try await issuance.chain(of: order, for: key)
            return try await threads.run { () throws(ACMEFailure) in
                try folder.install(chain, key: key, now: clock.now)
            }
        } catch {
            let isUndecided = error.isUndecided
            try? await threads.runIfActive { folder.discard(keepingOrder: isUndecided) }
            throw error
        }
    }

    /// The order that was begun before, or another one; ready to be signed, or further.
    private func order(by issuance: Issuance) async throws(ACMEFailure) -> (url: String, key: Secret) {
        let (folder, clock) = (folder, clock)
        let begun = try await threads.run { () throws(ACMEFailure) in try folder.begun(now: clock.now) }
        if let begun {
            logger.info("goes on with the order \(begun.url)", metadata: [LogField.event: "acme_order"])
            return begun
        }
        let key = try await threads.run { () throws(ACMEFailure) in try folder.makeKey() }
        let url = try await issuance.begin()
        try await threads.run { () throws(ACMEFailure) in try folder.keep(url, now: clock.now) }
        return (url, key)
    }

    /// A client that speaks for an account; for a new one, when the account was deactivated.
    private func register() async throws(ACMEFailure) -> ACMEClient {
        let file = AccountFile(path: configuration.accountKeyFile)
        let key = try await threads.run { () throws(ACMEFailure) in try file.key() }
        let client = client(key)
        if case .account(let isNew) = try await Registration(configuration: configuration, client: client).register() {
            if isNew { tellOfAccount() }
            return client
        }
        logger.warning(
            "the account with \(configuration.directory) has been deactivated: makes a new one",
            metadata: [LogField.event: "acme_account"])
        let other = self.client(try await threads.run { () throws(ACMEFailure) in try file.renew() })
        guard case .account = try await Registration(configuration: configuration, client: other).register() else {
            throw .nonsense("a new account that is deactivated")
        }
        tellOfAccount()
        return other
    }

    private func tellOfAccount() {
        logger.info(
            "has made an account with \(configuration.directory), known by \(configuration.accountKeyFile)",
            metadata: [LogField.event: "acme_account"])
    }

    private func client(_ key: AccountKey) -> ACMEClient {
        let clock = clock
        return ACMEClient(directory: configuration.directory, key: key, transport: transport) { clock.now }
    }

    // MARK: What comes of it

    private func conclude(_ issued: IssuedCertificate) throws(ACMEFailure) -> Int {
        chance = draw()
        // One that is due at once would be ordered again and again.
        guard case .wait(let moment) = RenewalPlan(issued, configuration, now: clock.now, chance: chance) else {
            throw .nonsense("a certificate that is to be renewed already (is this machine's clock right?)")
        }
        backOff.reset()
        paused.seconds = 0
        logger.info(
            "has a certificate for \(names) until \(Self.day(issued.end)), to be renewed on \(Self.day(moment))",
            metadata: [LogField.event: "acme_issued"])
        tellOf(issued, until: moment)
        return moment - clock.now
    }

    private func pause(after failure: ACMEFailure, _ present: IssuedCertificate?) -> Int {
        let wait = backOff.next(after: failure, chance: draw())
        paused = (clock.now, wait)
        let left = (present?.end ?? 0) - clock.now
        let state =
            left > 0
            ? "the certificate for \(names), which ends on \(Self.day(present?.end ?? 0)), is not renewed"
            : "there is no certificate for \(names)"
        let remedy = failure.remedy.map { " \($0)." } ?? ""
        let sentence = "\(state): \(failure.problem).\(remedy) The next attempt is in \(Self.words(wait))"
        logger.log(
            level: left < Self.pressing ? .error : .warning, "\(sentence)",
            metadata: [LogField.event: "acme_failed", LogField.error: "\(failure.problem)"])
        told = nil
        tell(.status("ready; \(state): \(failure.problem)"))
        if case .unreachable = failure { tell(.unreachable) }
        return wait
    }

    private func tellOf(_ present: IssuedCertificate?, until moment: Int) {
        guard let present else { return }
        let event = Event.status(
            "ready; the certificate for \(names) ends on \(Self.day(present.end)) and is renewed on \(Self.day(moment))"
        )
        guard event != told else { return }
        told = event
        tell(event)
    }

    private static func day(_ moment: Int) -> String { UTCTime(seconds: moment).day }

    /// `65 s`, `5 min`, `2 h 10 min`
    private static func words(_ seconds: Int) -> String {
        guard seconds >= 120 else { return "\(seconds) s" }
        let minutes = (seconds + 59) / 60
        guard minutes >= 60 else { return "\(minutes) min" }
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
