internal import ArgumentParser
internal import BundleConfig
internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// `dockmaster run`: starts the bundle and stays until it is told to stop.
/// - Exit codes: 0 after a clean stop, 78 for a refused configuration, 1 when anything else kept it from starting.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start the bundle; ^C stops it in order, SIGHUP reloads its configuration.")

    @OptionGroup var bundle: BundleArguments

    func run() throws {
        // Before anything else is opened or started: the variables are ours alone.
        let inherited = InheritedSocket.announced()
        // Before any thread starts: all of them inherit the mask.
        let signals: SignalStream
        do throws(SystemError) {
            try checked(clinux_fill_standard_descriptors(), "open /dev/null")
            // Each watcher takes a few descriptors, each of its processes one; children get the limit that we were given.
            clinux_raise_descriptor_limit()
            signals = try SignalStream(Arbiter.signals)
        } catch {
            throw CommandFailure.end(Refusal(problems: [error.description]), code: 1)
        }
        SignalStream.ignoreBrokenPipes()
        umask(0o077)

        let takeover: CInt?
        do throws(Refusal) {
            takeover = try UpgradeFile.announced().map { state throws(Refusal) in try goOn(from: state, signals) }
        } catch {
            throw CommandFailure.end(error, code: 1)
        }
        if let takeover { end(takeover, signals) }

        let options: BundleOptions
        let configuration: BundleConfiguration
        do throws(Refusal) {
            options = try bundle.options()
            configuration = try BundleLoading.read(options)
        } catch {
            throw CommandFailure.end(error, code: CommandFailure.configurationRefused)
        }

        let code: CInt
        do throws(Refusal) {
            code = try supervise(configuration, options, signals, inherited)
        } catch {
            throw CommandFailure.end(error, code: 1)
        }
        end(code, signals)
    }

    /// Ends this process while its signals are still blocked: another SIGTERM that comes now changes nothing of how it ended.
    private func end(_ code: CInt, _ signals: SignalStream) -> Never {
        withExtendedLifetime(signals) { Glibc.exit(code) }
    }

    private func supervise(
        _ configuration: BundleConfiguration, _ options: BundleOptions, _ signals: SignalStream,
        _ inherited: [InheritedSocket]
    ) throws(Refusal) -> CInt {
        let folder = try RunFolder(configuration.run)
        let workers = BundleLoading.workersFolder()
        let run = configuration.run
        let logs = configuration.logs
        let desired = try BundleLoading.desired(configuration, workers: workers, inUse: (run, logs))
        var sockets = SocketTable(store: SystemdNotifier(), inherited: inherited)
        do {
            if getpid() != 1 { try ProcessTable.becomeSubreaper() }
            try sockets.bind(desired.definitions.flatMap(\.sockets), requests: desired.socketRequests)
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
        try desired.write()

        let surroundings = surroundings(options, run: run, logs: logs)
        do {
            let relay = try LogRelay(folder: desired.logs, rotation: desired.settings.rotation)
            defer { relay.finish() }
            for warning in desired.warnings + sockets.closeStrangers() { SupervisorLog(relay: relay).warning(warning) }
            let loop = try EventLoop()
            let arbiter = try Arbiter(
                loop: loop, relay: relay, sockets: sockets, desired: desired, surroundings: surroundings)
            return try serve(arbiter, folder, signals) { try arbiter.start() }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
    }

    /// Goes on where this process's earlier program stopped (`dockmaster upgrade`). The configuration is not read: what is
    /// in force stays so until the next reload.
    private func goOn(from state: UpgradeState, _ signals: SignalStream) throws(Refusal) -> CInt {
        let options = try bundle.options()
        let folder = RunFolder(state.run, resuming: OwnedDescriptor(adopting: state.lock))
        var surroundings = surroundings(options, run: state.run, logs: state.logs)
        surroundings.notifySocket = NotifySocket(
            resuming: OwnedDescriptor(adopting: state.notifySocket), path: folder.notifySocket)
        let desired = DesiredState(
            definitions: state.watchers.map(\.definition), plugins: state.plugins, settings: state.settings,
            essential: Set(state.essential), logs: state.logs)
        do {
            let relay = try LogRelay(folder: state.logs, rotation: state.settings.rotation)
            defer { relay.finish() }
            let sockets = SocketTable(resuming: state.sockets, store: surroundings.notifier)
            let arbiter = try Arbiter(
                loop: try EventLoop(), relay: relay, sockets: sockets, desired: desired, surroundings: surroundings)
            return try serve(arbiter, folder, signals) {
                arbiter.takeOver(state)
                try arbiter.start()
                arbiter.announceTakeover()
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
    }

    private func surroundings(_ options: BundleOptions, run: String, logs: String) -> Arbiter.Surroundings {
        let workers = BundleLoading.workersFolder()
        return Arbiter.Surroundings(runFolder: run) {
            do throws(Refusal) {
                return .success(
                    try BundleLoading.desired(try BundleLoading.read(options), workers: workers, inUse: (run, logs)))
            } catch {
                return .failure(error)
            }
        }
    }

    private func serve(
        _ arbiter: Arbiter, _ folder: RunFolder, _ signals: SignalStream, _ start: () throws -> Void
    ) throws -> CInt {
        arbiter.upgrades.lock = folder.descriptor
        let pidFile = try arbiter.settings.pidFile.map { path throws(Refusal) in try PidFile(path) }
        let desk = try ControlDesk(arbiter)
        let relay = arbiter.relay
        let control = try ControlServer(
            path: folder.controlSocket, loop: arbiter.loop, settings: arbiter.settings.control,
            trouble: { SupervisorLog(relay: relay).warning($0) }
        ) { desk.answer($0, $1) }
        control.keepUp(with: arbiter)
        _ = try arbiter.loop.watch(signals.descriptor, for: .readable) { [weak arbiter] _ in
            while let signal = signals.next() { arbiter?.take(signal) }
        }
        try start()
        try arbiter.loop.run()
        return withExtendedLifetime((control, folder, pidFile)) { arbiter.exitCode }
    }
}
