import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// HTTPS on a port of 127.0.0.1.
struct AuthorityServer: Sendable {
    typealias Answerer = @Sendable (AuthorityRequest) async -> AuthorityAnswer

    private let channel: any Channel

    init(keys: AuthorityKeys, port: Int, answer: @escaping Answerer) async throws {
        let pem = try keys.serverPEM
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(pem.chain.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(pem.key.utf8), format: .pem)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(NIOHTTPServerRequestAggregator(maxContentLength: 1 << 20))
                    try pipeline.addHandler(RequestAnswerer(answer))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func close() async throws { try await channel.close() }

    private final class RequestAnswerer: ChannelInboundHandler {
        typealias InboundIn = NIOHTTPServerRequestFull
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: Answerer

        init(_ answer: @escaping Answerer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let request = unwrapInboundIn(data)
            let question = AuthorityRequest(
                method: request.head.method.rawValue, path: request.head.uri,
                headers: request.head.headers.map { ($0.name, $0.value) },
                body: request.body.map { Array($0.readableBytesView) } ?? [])
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            let isHead = request.head.method == .HEAD
            context.eventLoop.makeFutureWithTask { [answer] in await answer(question) }.assumeIsolated()
                .whenSuccess { [self] answer in send(answer, isHead, bound.value) }
        }

        private func send(_ answer: AuthorityAnswer, _ isHead: Bool, _ context: ChannelHandlerContext) {
            guard !answer.isSilence else {
                context.close(promise: nil)
                return
            }
            var headers = HTTPHeaders(answer.headers)
            headers.add(name: "Content-Length", value: String(answer.body.count))
            let head = HTTPResponseHead(
                version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !isHead, !answer.body.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
