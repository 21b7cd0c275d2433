import BundleConfig
import BundleLog
import Logging
import NIOCore
import NIOPosix
import WorkerRuntime

/// The proxy as a worker: start, reload, drain.
actor ProxyService: Worker {
    private let path: String
    private let group: MultiThreadedEventLoopGroup
    private let files = NIOThreadPool(numberOfThreads: 2)
    private let counter = ConnectionCounter()
    private var current: CurrentState?
    private var loops: [NIOLoopBound<LoopServices>] = []
    private var listeners: [any Channel] = []
    private var logger = Logger(label: "proxy")

    /// - Parameter path: of proxy.yml.
    init(configuration path: String, threads: Int = System.coreCount) {
        self.path = path
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    }

    /// The ports that are served.
    var ports: [Int] { listeners.compactMap { $0.localAddress?.port } }

    func start(_ context: WorkerContext) async throws {
        logger = context.logger
        try await start(sockets: context.sockets)
    }

    func start(sockets: InheritedSockets = InheritedSockets()) async throws {
        let state = try ProxyState(try ProxyConfigurationFile.read(path))
        setLevel(state.configuration)
        let current = CurrentState(state)
        self.current = current
        files.start()
        var loops: [NIOLoopBound<LoopServices>] = []
        for loop in group.makeIterator() {
            loops.append(
                try await loop.submit { [files, counter] in
                    NIOLoopBound(
                        LoopServices(loop: loop, current: current, files: files, counter: counter), eventLoop: loop)
                }.get())
        }
        self.loops = loops
        try await listen(ProxyListener(group: group, loops: loops), state.configuration, sockets)
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

    func reload() async throws {
        guard let current else { return }
        let state = try ProxyState(try ProxyConfigurationFile.read(path))
        setLevel(state.configuration)
        current.swap(state)
        for bound in loops {
            bound.eventLoop.execute { bound.value.keepPools(of: state.upstreams) }
        }
    }

    func drain(within time: Duration) async {
        let deadline = ContinuousClock.now + time
        await stopListening()
        for bound in loops { try? await bound.eventLoop.submit { bound.value.table.drain() }.get() }
        while counter.count > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
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
        for listener in listeners { try? await listener.close() }
        listeners = []
    }

    private func setLevel(_ configuration: ProxyConfiguration) {
        if let level = Logger.Level(name: configuration.logLevel) { BundleLog.setLevel(level) }
    }
}
