import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore
import RegistryStorage
import TextFormats

/// All metrics as one text, for the debug listener and for an administrator.
struct MetricsExposition: Sendable {
    let metrics: RegistryMetrics
    let storage: any RegistryStore
    /// Who is told of events; nil for nobody.
    var hub: NotificationHub?

    func text() async -> String {
        metrics.text(await (storage as? any StorageMeasuring)?.figures() ?? StorageFigures())
            + EndpointCounters.prometheus(hub?.counters ?? [])
    }

    /// `GET /metrics` of the administrator's socket.
    var route: AdminRoute {
        AdminRoute(.get, "/metrics", "metrics in Prometheus' text format") { _ in
            let body = ByteBuffer(string: await text())
            return Response(
                status: .ok,
                headers: [.contentType: MetricsText.mediaType, .contentLength: String(body.readableBytes)],
                body: .init(byteBuffer: body))
        }
    }
}
