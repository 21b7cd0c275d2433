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
            signals = try SignalStream([SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM])
        } catch {
            throw CommandFailure.end(Refusal(problems: [error.description]), code: 1)
        }
        SignalStream.ignoreBrokenPipes()
        umask(0o077)

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
        throw ExitCode(code)
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

        let surroundings = Arbiter.Surroundings(runFolder: run) {
            do throws(Refusal) {
                return .success(
                    try BundleLoading.desired(try BundleLoading.read(options), workers: workers, inUse: (run, logs)))
            } catch {
                return .failure(error)
            }
        }
        do {
            let relay = try LogRelay(folder: desired.logs)
            defer { relay.finish() }
            for warning in desired.warnings + sockets.closeStrangers() { SupervisorLog(relay: relay).warning(warning) }
            let loop = try EventLoop()
            let arbiter = try Arbiter(
                loop: loop, relay: relay, sockets: sockets, desired: desired, surroundings: surroundings)
            let desk = try ControlDesk(arbiter)
            let control = try ControlServer(
                path: folder.controlSocket, loop: loop, settings: desired.settings.control
            ) { desk.answer($0, $1) }
            control.keepUp(with: arbiter)
            _ = try loop.watch(signals.descriptor, for: .readable) { [weak arbiter] _ in
                while let signal = signals.next() { arbiter?.take(signal) }
            }
            try arbiter.start()
            try loop.run()
            return withExtendedLifetime((control, folder)) { arbiter.exitCode }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
    }
}
