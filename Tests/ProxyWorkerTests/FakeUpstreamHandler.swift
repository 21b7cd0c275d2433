import NIOCore
import NIOHTTP1

/// One connection to the fake upstream.
final class FakeUpstreamHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let holder: FakeUpstream.Holder
    private var head: HTTPRequestHead?
    private var bodyBytes = 0
    private var requests = 0
    private var holdsReads = false
    private var left = 0

    init(_ holder: FakeUpstream.Holder) {
        self.holder = holder
    }

    func channelActive(context: ChannelHandlerContext) {
        holder.note { $0.connections += 1 }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        holder.note { $0.closed += 1 }
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if !holdsReads { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin(context, head)
        case .body(let buffer):
            bodyBytes += buffer.readableBytes
            let count = buffer.readableBytes
            holder.note { $0.bodyBytes += count }
        case .end:
            if let head { answer(context, head) }
        }
    }

    private func begin(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        self.head = head
        bodyBytes = 0
        requests += 1
        holder.note { $0.requests.append(head) }
        switch head.uri {
        case "/v2/stall":
            holdsReads = true
        case "/v2/early":
            self.head = nil
            reply(context, .unauthorized, "who are you?")
        case "/v2/early-close":
            self.head = nil
            reply(context, .unauthorized, "who are you?", ["connection": "close"])
            context.close(promise: nil)
        case "/v2/second-closes" where requests > 1:
            context.close(promise: nil)
        default: break
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        self.head = nil
        switch head.uri {
        case "/healthz":
            holder.isHealthy ? reply(context, .ok, "{}") : reply(context, .serviceUnavailable, "disk is full")
        case "/v2/head":
            let lines = head.headers.map { "\($0.name.lowercased()): \($0.value)\n" }.joined()
            reply(context, .ok, "\(head.method) \(head.uri)\n\(lines)")
        case "/v2/count":
            reply(context, .created, "\(bodyBytes)")
        case let path where path == "/v2/hang" || path.hasPrefix("/v2/hang/"):
            break
        case "/v2/die":
            context.close(promise: nil)
        case "/v2/cut":
            cut(context, ["content-length": "100"])
        case "/v2/cut-chunked":
            cut(context, ["transfer-encoding": "chunked"])
        case "/v2/chunked":
            write(context, .head(.init(version: .http1_1, status: .ok, headers: ["transfer-encoding": "chunked"])))
            for text in ["one ", "two ", "three"] { write(context, .body(.byteBuffer(ByteBuffer(string: text)))) }
            write(context, .end(nil))
        case "/v2/large":
            left = 64 << 20
            write(context, .head(.init(version: .http1_1, status: .ok, headers: ["content-length": "\(left)"])))
            pour(context)
        case "/v2/nothing":
            write(context, .head(.init(version: .http1_1, status: .noContent)))
            write(context, .end(nil))
        case let uri where uri.hasPrefix("/auth?"):
            let (status, headers, body) = FakeAuth.answer(head)
            reply(context, status, body, headers)
        default:
            reply(context, .ok, "\(head.uri)")
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pour(context)
    }

    private func pour(_ context: ChannelHandlerContext) {
        let piece = ByteBuffer(repeating: 0x61, count: 64 << 10)
        while left > 0, context.channel.isWritable {
            left -= piece.readableBytes
            holder.note { $0.bodyBytes += piece.readableBytes }
            write(context, .body(.byteBuffer(piece)))
            if left == 0 { write(context, .end(nil)) }
        }
    }

    private func cut(_ context: ChannelHandlerContext, _ headers: HTTPHeaders) {
        write(context, .head(.init(version: .http1_1, status: .ok, headers: headers)))
        write(context, .body(.byteBuffer(ByteBuffer(string: "0123456789"))))
        context.close(promise: nil)
    }

    private func reply(
        _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ text: String, _ extra: HTTPHeaders = [:]
    ) {
        var headers = extra
        headers.add(name: "content-length", value: "\(text.utf8.count)")
        write(context, .head(.init(version: .http1_1, status: status, headers: headers)))
        write(context, .body(.byteBuffer(ByteBuffer(string: text))))
        write(context, .end(nil))
    }

    private func write(_ context: ChannelHandlerContext, _ part: HTTPServerResponsePart) {
        context.writeAndFlush(wrapOutboundOut(part), promise: nil)
    }
}

@available(*, unavailable)
extension FakeUpstreamHandler: Sendable {}
