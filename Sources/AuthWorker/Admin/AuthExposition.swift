internal import HTTPService
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TextFormats

/// `GET /metrics` of the administrator's socket.
struct AuthExposition: Sendable {
    let service: AuthService

    var route: AdminRoute {
        AdminRoute(.get, "/metrics", "metrics in Prometheus' text format") { _ in
            let body = ByteBuffer(string: service.desk.metrics.text(service.state, pool: service.pool))
            return Response(
                status: .ok,
                headers: [.contentType: MetricsText.mediaType, .contentLength: String(body.readableBytes)],
                body: .init(byteBuffer: body))
        }
    }
}
