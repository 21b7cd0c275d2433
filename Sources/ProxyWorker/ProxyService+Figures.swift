import BundleConfig
import BundleLog
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import TextFormats

// What administrators and Prometheus are told.

extension ProxyService {
    /// Serves the administrators' socket, and the metrics' address when there is one. Neither is worth an outage: what cannot
    /// be bound is told of and done without.
    func serveFigures(admin: CInt?, address: String?) async {
        do {
            if let admin { adminChannels.append(try await bootstrap(isAdmin: true).withBoundSocket(admin).get()) }
            if let address, let colon = address.lastIndex(of: ":"),
                let port = Int(address[address.index(after: colon)...])
            {
                let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
                adminChannels.append(try await bootstrap(isAdmin: false).bind(host: host, port: port).get())
            }
        } catch {
            logger.error(
                "metrics are not served at \(address ?? "the administrators' socket"): \(error)",
                metadata: [LogField.event: "metrics_refused"])
        }
    }

    private func bootstrap(isAdmin: Bool) -> ServerBootstrap {
        let source: MetricsResponder.Source = { [weak self] path in await self?.document(path, isAdmin: isAdmin) }
        return ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [source] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(30)))
                    try pipeline.addHandler(MetricsResponder(source))
                }
            }
    }

    private func document(_ path: String, isAdmin: Bool) async -> (type: String, text: String)? {
        switch path {
        case "/metrics": (MetricsText.mediaType, await metrics())
        case "/status" where isAdmin: ("application/json", status())
        default: nil
        }
    }

    /// Prometheus' text.
    func metrics() async -> String {
        var figures = ProxyFigures()
        for bound in loops {
            if let part = try? await bound.eventLoop.submit({ bound.value.figures }).get() { figures.add(part) }
        }
        let state = current?.load()
        return ProxyExposition(
            figures: figures, active: counter.count, certificates: state?.certificates?.ends ?? [],
            isReadOnly: state?.configuration.readOnly != nil,
            isInMaintenance: state?.configuration.maintenance != nil, servers: servers(state)
        ).text
    }

    /// The servers of upstreams with several; why one is out, nil when it is not.
    private func servers(_ state: ProxyState?) -> [(endpoint: UpstreamEndpoint, problem: String?)] {
        (state?.upstreams ?? []).filter(\.hasSeveral).flatMap(\.everyEndpoint).map { ($0, states.problem($0)) }
    }

    /// `{"connections":3,"read_only":false,"maintenance":false,"certificates":[{"name":…,"ends":…,"days":…}],
    /// "servers":[{"upstream":…,"socket":…,"state":"up"}]}`; one that is out is `"down"`, with a `"reason"`.
    func status() -> String {
        let state = current?.load()
        let now = UTCTime.now().seconds
        var line = JSONLine()
        line.add("connections", counter.count)
        line.add("read_only", state?.configuration.readOnly != nil)
        line.add("maintenance", state?.configuration.maintenance != nil)
        line.add(
            objects: (state?.certificates?.ends ?? []).map { name, end in
                var certificate = JSONLine()
                certificate.add("name", name)
                certificate.add("ends", UTCTime(seconds: end).day)
                certificate.add("days", (end - now) / CertificateExpiry.day)
                return certificate
            }, for: "certificates")
        line.add(
            objects: servers(state).map { endpoint, problem in
                var server = JSONLine()
                server.add("upstream", endpoint.name)
                server.add("socket", endpoint.socket)
                server.add("state", problem == nil ? "up" : "down")
                if let problem { server.add("reason", problem) }
                return server
            }, for: "servers")
        return String(decoding: line.finished(), as: UTF8.self)
    }
}
