import NIOCore
import NIOHTTP1
import TextFormats

/// Answers administrators and Prometheus: `GET /metrics`, and on the unix socket `GET /status` too.
final class MetricsResponder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Gives a document by its path, as its media type and text; nil where there is none.
    typealias Source = @Sendable (String) async -> (type: String, text: String)?

    private let source: Source

    init(_ source: @escaping Source) {
        self.source = source
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        guard head.method == .GET || head.method == .HEAD else {
            answer(context, .methodNotAllowed, "text/plain", "Only GET is answered here.\n", head)
            return
        }
        let path = String(head.uri.prefix { $0 != "?" })
        let promise = context.eventLoop.makePromise(of: Document.self)
        promise.completeWithTask { [source] in Document(await source(path)) }
        promise.futureResult.assumeIsolated().whenSuccess { [self] document in
            guard let text = document.text else {
                answer(context, .notFound, "text/plain", "Here are /metrics and /status.\n", head)
                return
            }
            answer(context, .ok, document.type, text, head)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private struct Document: Sendable {
        var type = ""
        var text: String?

        init(_ document: (type: String, text: String)?) {
            guard let document else { return }
            type = document.type
            text = document.text
        }
    }

    private func answer(
        _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ type: String, _ text: String,
        _ head: HTTPRequestHead
    ) {
        guard context.channel.isActive else { return }
        let headers: HTTPHeaders = [
            "Content-Type": type, "Content-Length": "\(text.utf8.count)", "Connection": "close",
        ]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        if head.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}

@available(*, unavailable)
extension MetricsResponder: Sendable {}
