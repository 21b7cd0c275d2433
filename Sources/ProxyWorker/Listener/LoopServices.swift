import BundleConfig
import NIOCore
import NIOPosix

/// What the connections of one event loop share. Used on that loop only.
final class LoopServices {
    let loop: any EventLoop
    let current: CurrentState
    let log: AccessLog
    let files: NIOThreadPool
    let table: ConnectionTable
    let book: AddressBook
    let challenges: ChallengeCertificates
    var figures = ProxyFigures()
    var requestIDs = RequestIDs()
    let budget = RelayBudget()
    let states: UpstreamStates
    private(set) lazy var dialer = UpstreamDialer(services: self)
    private(set) lazy var signIns = SignInDesk(services: self)
    private(set) lazy var health = HealthCheck(services: self)
    private var pools: [UpstreamEndpoint: UpstreamPool] = [:]

    init(
        loop: any EventLoop, current: CurrentState, files: NIOThreadPool, counter: ConnectionCounter,
        book: AddressBook, states: UpstreamStates, challenges: ChallengeCertificates
    ) {
        self.loop = loop
        self.current = current
        self.files = files
        log = AccessLog(loop: loop)
        self.book = book
        self.challenges = challenges
        self.states = states
        table = ConnectionTable(counter: counter, book: book)
    }

    func pool(_ endpoint: UpstreamEndpoint) -> UpstreamPool {
        if let pool = pools[endpoint] { return pool }
        let pool = UpstreamPool(endpoint: endpoint, loop: loop, budget: budget)
        pools[endpoint] = pool
        return pool
    }

    /// Lets go of the pools of upstreams that a reload has removed, and of who was signed in before it.
    func keepPools(of endpoints: [UpstreamEndpoint]) {
        signIns.forget()
        for (endpoint, pool) in pools where !endpoints.contains(endpoint) {
            pool.close()
            pools[endpoint] = nil
        }
    }

    /// Ends what waits on this loop. Called once, after the last request.
    func close() {
        dialer.close()
        for pool in pools.values { pool.close() }
        log.flush()
    }
}

@available(*, unavailable)
extension LoopServices: Sendable {}
