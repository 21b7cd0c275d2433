import NIOCore
import NIOSSL
import NIOTLS

/// Carries out on a channel what an `SMTPDialogue` decides.
final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue: SMTPDialogue
    private var parser = SMTPReplyParser()
    private let message: [UInt8]
    private let makeTLS: @Sendable () throws -> NIOSSLClientHandler
    private let outcome: EventLoopPromise<Void>

    init(
        _ dialogue: SMTPDialogue, message: [UInt8], makeTLS: @escaping @Sendable () throws -> NIOSSLClientHandler,
        outcome: EventLoopPromise<Void>
    ) {
        self.dialogue = dialogue
        self.message = message
        self.makeTLS = makeTLS
        self.outcome = outcome
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            for reply in try parser.add(unwrapInboundIn(data).readableBytesView) {
                perform(dialogue.handle(.reply(reply.code, reply.lines)), context)
            }
        } catch {
            fail("it does not speak SMTP", context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            perform(dialogue.handle(.tlsEstablished), context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(dialogue.handle(.closed), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Servers that end TLS without a farewell after QUIT do no harm: the outcome is known by then.
        fail(OutboundFailure.words(error), context)
    }

    private func perform(_ actions: [SMTPDialogue.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .send(let line): write(Array("\(line)\r\n".utf8), context)
            case .sendMessage: write(message + Array(".\r\n".utf8), context)
            case .startTLS: startTLS(context)
            case .finish: outcome.succeed()
            case .fail(let words): fail(words, context)
            }
        }
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        // Bytes from before TLS must not be taken for answers within it (CVE-2011-0411).
        guard parser.isEmpty else { return fail("it sent more before TLS began", context) }
        do {
            try context.pipeline.syncOperations.addHandler(makeTLS(), position: .first)
        } catch {
            fail(OutboundFailure.words(error), context)
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    private func fail(_ words: String, _ context: ChannelHandlerContext) {
        outcome.fail(SMTPClient.Refusal(words: words))
        context.close(promise: nil)
    }
}
