import BundleConfig
import BundleLog
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import TextFormats
import WorkerRuntime

/// The proxy as a worker: start, reload, drain.
actor ProxyService: Worker {
    private let path: String
    let group: MultiThreadedEventLoopGroup
    private let files = NIOThreadPool(numberOfThreads: 2)
    let counter = ConnectionCounter()
    private let book = AddressBook()
    let states = UpstreamStates()
    private let admin: CInt?
    var current: CurrentState?
    var loops: [NIOLoopBound<LoopServices>] = []
    private var listeners: [any Channel] = []
    var adminChannels: [any Channel] = []
    private var watch: FileWatch?
    private var tasks: [Task<Void, Never>] = []
    /// One for each upstream with several servers.
    private var probes: [Task<Void, Never>] = []
    /// What has been said of certificates that end, so that it is said once a day.
    private var told: [String: Int] = [:]
    private(set) var logger = Logger(label: "proxy")
    private var context: WorkerContext?

    /// - Parameters:
    ///   - path: of proxy.yml.
    ///   - admin: the administrators' listening socket, which this takes over; nil for none.
    init(configuration path: String, threads: Int = System.coreCount, admin: CInt? = nil) {
        self.path = path
        self.admin = admin
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    }

    /// The ports that are served.
    var ports: [Int] { listeners.compactMap { $0.localAddress?.port } }

    func start(_ context: WorkerContext) async throws {
        logger = context.logger
        self.context = context
        try await start(sockets: context.sockets)
    }

    func start(sockets: InheritedSockets = InheritedSockets()) async throws {
        let state = try readState()
        setLevel(state.configuration)
        let current = CurrentState(state)
        self.current = current
        files.start()
        var loops: [NIOLoopBound<LoopServices>] = []
        let challenges = ChallengeCertificates(besides: path)
        for loop in group.makeIterator() {
            loops.append(
                try await loop.submit { [files, counter, book, states] in
                    NIOLoopBound(
                        LoopServices(
                            loop: loop, current: current, files: files, counter: counter, book: book, states: states,
                            challenges: challenges),
                        eventLoop: loop)
                }.get())
        }
        self.loops = loops
        try await listen(ProxyListener(group: group, loops: loops), state.configuration, sockets)
        await serveFigures(admin: admin, address: state.configuration.metrics)
        watchCertificates(state.configuration)
        followHealth(state)
        // What came between the reading and the watching.
        takeCertificates()
        tasks.append(
            Task { [weak self] in
                while !Task.isCancelled {
                    await self?.tellOfExpiry()
                    try? await Task.sleep(for: .seconds(3_600))
                }
            })
    }

    /// Adopts every socket that was passed on under a listener's name, and binds the listeners for which none was.
    private func listen(
        _ listener: ProxyListener, _ configuration: ProxyConfiguration, _ sockets: InheritedSockets
    ) async throws {
        var adopted: Set<String> = []
        for wanted in configuration.listeners {
            let descriptors = sockets.descriptors(named: wanted.name)
            if descriptors.isEmpty {
                do {
                    listeners.append(try await listener.serve(host: wanted.address, port: wanted.port, tls: wanted.tls))
                } catch {
                    throw ConfigurationError(
                        file: path, key: "listeners",
                        problem: "cannot bind \(wanted.address) port \(wanted.port): \(error)",
                        remedy: "Free the port or choose another one")
                }
            } else if adopted.insert(wanted.name).inserted {
                for descriptor in descriptors {
                    listeners.append(try await listener.serve(descriptor: descriptor, tls: wanted.tls))
                }
            }
        }
    }

    /// What the file says now, with the certificates that their files hold.
    private func readState() throws -> ProxyState {
        let (configuration, problems) = CertificateFiles.refreshed(
            try ProxyConfigurationFile.read(path), served: current?.load().configuration, now: UTCTime.now().seconds)
        for problem in problems { logger.warning("\(problem)", metadata: [LogField.event: "certificate_refused"]) }
        return try ProxyState(configuration)
    }

    func reload() async throws {
        guard let current else { return }
        let state = try readState()
        setLevel(state.configuration)
        take(state, current)
        watchCertificates(state.configuration)
    }

    private func take(_ state: ProxyState, _ current: CurrentState) {
        // Who was let in by other authorities, or before one was asked for, is not served by that any longer.
        let letsInOthers =
            state.configuration.clientCertificates != current.load().configuration.clientCertificates
        current.swap(state)
        for bound in loops {
            bound.eventLoop.execute {
                bound.value.keepPools(of: state.upstreams.flatMap(\.everyEndpoint))
                if letsInOthers { bound.value.table.renew() }
            }
        }
        states.keep(state.upstreams.filter(\.hasSeveral).flatMap(\.everyEndpoint))
        followHealth(state)
        tellOfExpiry()
    }

    func drain(within time: Duration?) async {
        let deadline = time.map { ContinuousClock.now + $0 }
        for task in tasks + probes { task.cancel() }
        watch?.stop()
        await stopListening()
        for bound in loops { try? await bound.eventLoop.submit { bound.value.table.drain() }.get() }
        var pause = Duration.milliseconds(10)
        while counter.count > 0, !Task.isCancelled, deadline.map({ ContinuousClock.now < $0 }) ?? true {
            try? await Task.sleep(for: pause)
            // A transfer of an hour is not asked after a hundred times a second.
            pause = min(.milliseconds(250), pause * 1.02)
        }
        for bound in loops {
            try? await bound.eventLoop.submit {
                bound.value.table.closeAll()
                bound.value.close()
            }.get()
        }
    }

    /// Accepts nobody any more, and loses nobody who has been accepted: NIO closes connections that are still being set up
    /// when their listener is closed. They pass from the listener's loop to their own and back before they count.
    private func stopListening() async {
        for listener in listeners { try? await listener.setOption(.autoRead, value: false).get() }
        for _ in 1...2 {
            for bound in loops { try? await bound.eventLoop.submit {}.get() }
        }
        for listener in listeners + adminChannels { try? await listener.close() }
        listeners = []
        adminChannels = []
    }

    private func setLevel(_ configuration: ProxyConfiguration) {
        if let level = Logger.Level(name: configuration.logLevel) { BundleLog.setLevel(level) }
    }

    /// Asks the servers of upstreams that have several how they are, at their intervals. Where there is none, nothing wakes.
    private func followHealth(_ state: ProxyState) {
        for probe in probes { probe.cancel() }
        probes = []
        guard let loop = loops.first else { return }
        let host = state.configuration.domain
        probes = state.upstreams.filter(\.hasSeveral).map { upstream in
            Task {
                while !Task.isCancelled {
                    loop.eventLoop.execute { loop.value.health.follow(upstream, host: host) }
                    try? await Task.sleep(for: .nanoseconds(upstream.healthInterval.nanoseconds))
                }
            }
        }
    }

    // MARK: Certificates

    private func watchCertificates(_ configuration: ProxyConfiguration) {
        let paths = CertificateFiles.paths(configuration)
        guard !paths.isEmpty || watch != nil else { return }
        if watch == nil {
            let watch = FileWatch()
            self.watch = watch
            tasks.append(
                Task { [weak self] in for await _ in watch.changes { await self?.takeCertificates() } })
        }
        watch?.follow(paths)
    }

    /// Serves what the certificates' files hold now. Connections that are there keep what they have.
    private func takeCertificates() {
        guard let current else { return }
        let present = current.load().configuration
        // First, so that what changes while they are read is told of again.
        watch?.follow(CertificateFiles.paths(present))
        let (configuration, problems) = CertificateFiles.refreshed(present, now: UTCTime.now().seconds)
        for problem in problems { logger.warning("\(problem)", metadata: [LogField.event: "certificate_refused"]) }
        guard configuration != present else { return }
        do {
            take(try ProxyState(configuration), current)
            logger.info("serves a renewed certificate", metadata: [LogField.event: "certificate_taken"])
        } catch {
            logger.warning("cannot take up a renewed certificate: \(error)")
        }
    }

    private func tellOfExpiry() {
        guard let certificates = current?.load().certificates else { return }
        let now = UTCTime.now().seconds
        let warnings = CertificateExpiry.warnings(certificates.noteworthyEnds(now: now), now: now)
        for warning in warnings where told[warning.name] != warning.days {
            told[warning.name] = warning.days
            logger.log(
                level: warning.isPressing ? .error : .warning, "\(warning.sentence)",
                metadata: [LogField.event: "certificate_ends"])
        }
        if warnings.isEmpty { told = [:] }
        context?.status(warnings.first.map { "ready; \($0.sentence)" } ?? "ready")
    }
}
