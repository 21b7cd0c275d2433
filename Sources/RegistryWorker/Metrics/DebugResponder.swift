import BundleLog
import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore
import TextFormats

/// What `http.debug` serves: metrics and health, to this machine alone.
struct DebugResponder: HTTPResponder {
    typealias Context = ServiceRequestContext

    let exposition: MetricsExposition
    let health: HealthMonitor
    /// Nil when metrics are not asked for.
    let metricsPath: String?

    func respond(to request: Request, context: ServiceRequestContext) async throws -> Response {
        switch request.uri.path {
        case metricsPath: return answer(request, .ok, MetricsText.mediaType, await exposition.text())
        case "/debug/health":
            let problems = health.problems
            var body = JSONLine()
            for (subject, problem) in problems { body.add("\(subject.name)", problem) }
            let text = String(decoding: body.finished(), as: UTF8.self)
            return answer(request, problems.isEmpty ? .ok : .serviceUnavailable, "application/json", text)
        default:
            let places = ["/debug/health", metricsPath].compactMap(\.self).joined(separator: " and ")
            return answer(request, .notFound, "text/plain", "there is \(places)\n")
        }
    }

    private func answer(
        _ request: Request, _ status: HTTPResponse.Status, _ type: String, _ text: String
    ) -> Response {
        let body = ByteBuffer(string: text)
        let headers: HTTPFields = [.contentType: type, .contentLength: String(body.readableBytes)]
        return Response(
            status: status, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: body))
    }
}
