internal import HTTPService
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Hands Hummingbird's requests to the service: one switch over fixed paths, no router.
struct AuthResponder: HTTPResponder {
    /// More than any form of credentials and scopes.
    static let bodyLimit = 64 << 10

    let service: AuthService
    private let accessLog = AccessLogMiddleware()

    init(service: AuthService) {
        self.service = service
    }

    @concurrent func respond(to request: Request, context: ServiceRequestContext) async throws -> Response {
        try await accessLog.handle(request, context: context) { request, context in
            await answer(request, context)
        }
    }

    private func answer(_ request: Request, _ context: ServiceRequestContext) async -> Response {
        var incoming = IncomingRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: request.headers,
            peer: context.isFromProxy ? "@" : context.remoteAddress, authority: request.head.authority)
        do {
            incoming.body = Array(buffer: try await request.body.collect(upTo: Self.bodyLimit))
        } catch {
            return Self.response(.refusal(.contentTooLarge, "Request body too large"), isHead: false)
        }
        let answer = await service.answer(incoming, logger: context.logger)
        return Self.response(answer, isHead: request.method == .head)
    }

    private static func response(_ answer: OutgoingAnswer, isHead: Bool) -> Response {
        var headers = answer.headers
        headers[.contentLength] = String(answer.body.count)
        let body = isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        return Response(status: answer.status, headers: headers, body: body)
    }
}
