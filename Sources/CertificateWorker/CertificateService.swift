import BundleConfig
import Logging
import WorkerRuntime

/// The ACME worker: start, reload, drain. It is ready at once, whatever the authority does.
actor CertificateService: Worker {
    private static let resolverFile = "/etc/resolv.conf"

    private let file: String
    private let clock: any WorkerClock
    private var configuration: ACMEConfiguration?
    private var context: WorkerContext?
    private var task: Task<Void, Never>?

    init(file: String, clock: any WorkerClock = SystemClock()) {
        self.file = file
        self.clock = clock
    }

    func start(_ context: WorkerContext) async throws {
        self.context = context
        let configuration = try ACMEConfigurationFile.read(file)
        try keep(configuration, context)
    }

    /// Another configuration is acted on at once; the same one changes nothing, neither a wait after a failure.
    func reload() async throws {
        guard let context else { return }
        let configuration = try ACMEConfigurationFile.read(file)
        guard configuration != self.configuration else { return }
        _ = try HTTPTransport(trusting: configuration.trust)
        await stop()
        try keep(configuration, context)
    }

    func drain(within time: Duration?) async { await stop() }

    private func keep(_ configuration: ACMEConfiguration, _ context: WorkerContext) throws {
        let transport = try HTTPTransport(trusting: configuration.trust)
        self.configuration = configuration
        let resolver = FileStamp(Self.resolverFile)
        let keeper = CertificateKeeper(
            configuration: configuration, transport: transport, clock: clock, logger: context.logger
        ) { event in
            switch event {
            case .status(let text): context.status(text)
            case .unreachable:
                // A confined process cannot read a file that was put in the place of the one it may read.
                guard FileStamp(Self.resolverFile) != resolver else { return }
                context.fail("\(Self.resolverFile) has changed: starts anew, to read it")
            }
        }
        // The bridge from the runtime's calls to what goes on between them; ended by `stop`.
        task = Task { await keeper.run() }
    }

    private func stop() async {
        task?.cancel()
        await task?.value
        task = nil
    }
}
