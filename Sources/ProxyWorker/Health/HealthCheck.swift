import BundleConfig
import NIOCore
import NIOHTTP1
import TextFormats

/// Asks every upstream whether it is ready, when somebody asks the proxy. One answer serves all who ask within a second.
final class HealthCheck {
    private static let timeout = TimeAmount.seconds(1)
    private static let freshness = TimeAmount.seconds(1)

    private unowned let services: LoopServices
    private var report: HealthReport?
    private var reportedAt = NIODeadline.distantPast
    private weak var reportedState: ProxyState?
    private var waiting: [(HealthReport) -> Void] = []

    init(services: LoopServices) {
        self.services = services
    }

    func check(_ state: ProxyState, then: @escaping (HealthReport) -> Void) {
        if let report, reportedState === state, .now() - reportedAt < Self.freshness {
            then(report)
            return
        }
        waiting.append(then)
        guard waiting.count == 1 else { return }
        let servers = state.upstreams.flatMap(\.everyEndpoint)
        var results: [UpstreamEndpoint: String] = [:]
        var open = servers.count
        guard open > 0 else {
            finish(HealthReport(upstreams: []), state)
            return
        }
        for server in servers {
            probe(server, host: state.configuration.domain) { [self] problem in
                results[server] = problem
                open -= 1
                if open == 0 { finish(HealthReport(upstreams: state.upstreams.map { .init($0, results) }), state) }
            }
        }
    }

    /// Asks each server of an upstream with several how it is, and puts it in or out accordingly.
    func follow(_ upstream: Upstream, host: String) {
        for server in upstream.everyEndpoint {
            probe(server, host: host) { [services] problem in services.states.checked(server, problem) }
        }
    }

    private func finish(_ report: HealthReport, _ state: ProxyState) {
        var new = report
        let now = UTCTime.now().seconds
        new.warnings = CertificateExpiry.warnings(state.certificates?.noteworthyEnds(now: now) ?? [], now: now)
            .map(\.sentence)
        self.report = new
        reportedAt = .now()
        reportedState = state
        let asked = waiting
        waiting = []
        for then in asked { then(new) }
    }

    private func probe(_ endpoint: UpstreamEndpoint, host: String, then: @escaping (String?) -> Void) {
        let probe = HealthProbe(then: then)
        let lease = UpstreamLease()
        probe.lease = lease
        // A fresh connection: one from the pool could be of a worker that is going.
        services.pool(endpoint).take(lease, fresh: true, timeout: Self.timeout) { [services] result in
            switch result {
            case .success(let connection):
                probe.ask(connection, path: endpoint.health, host: host, requestID: services.requestIDs.next())
            case .failure(let error): probe.finish("cannot connect: \(error)")
            }
        }
        services.loop.assumeIsolated().scheduleTask(in: Self.timeout) { probe.finish("did not answer within 1 s") }
    }
}

@available(*, unavailable)
extension HealthCheck: Sendable {}
