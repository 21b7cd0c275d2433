import NIOCore
import NIOPosix
import NIOSSL

/// Reads a connection's ClientHello, puts the TLS library in its place with the certificate that is chosen by it, and hands
/// on all bytes as they came. What is no ClientHello is the library's to refuse.
final class ClientHelloReader: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let acme = Array("acme-tls/1".utf8)
    /// `http/1.0` is never agreed on, but its clients understand an answer without a protocol.
    private static let known = ["h2", "http/1.1", "http/1.0"].map { Array($0.utf8) }
    /// A fatal no_application_protocol in a record of its own (RFC 8446, sections 5.1 and 6; RFC 7301, section 3.2).
    private static let noApplicationProtocol: [UInt8] = [21, 3, 3, 0, 2, 2, 120]

    private let certificates: CertificateStore
    private let challenges: ChallengeCertificates
    private let files: NIOThreadPool
    private var records = ClientHelloRecords()
    /// What has come since the choice began, which waits for the certificate of a challenge.
    private var isChoosing = false
    private var heldRead = false

    init(certificates: CertificateStore, challenges: ChallengeCertificates, files: NIOThreadPool) {
        self.certificates = certificates
        self.challenges = challenges
        self.files = files
    }

    func read(context: ChannelHandlerContext) {
        if isChoosing { heldRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let outcome = records.receive(unwrapInboundIn(data))
        guard !isChoosing else { return }
        switch outcome {
        case .incomplete: break
        case .malformed: go(on: certificates.context(for: nil), context)
        case .hello(let hello): choose(hello, context)
        }
    }

    private func choose(_ hello: ClientHello, _ context: ChannelHandlerContext) {
        isChoosing = true
        guard let protocols = hello.applicationProtocols else {
            go(on: certificates.context(for: hello), context)
            return
        }
        if protocols == [Self.acme] {
            answerChallenge(hello.serverName, context)
        } else if protocols.contains(where: Self.known.contains) {
            go(on: certificates.context(for: hello), context)
        } else {
            refuse(context)
        }
    }

    /// Serves the certificate of a tls-alpn-01 challenge.
    /// - Source: RFC 8737, section 3.
    private func answerChallenge(_ name: String?, _ context: ChannelHandlerContext) {
        guard let name else {
            refuse(context)
            return
        }
        let reading = files.runIfActive(eventLoop: context.eventLoop) { [challenges] in challenges.context(for: name) }
        reading.assumeIsolated().whenComplete { [self] result in
            guard context.channel.isActive else { return }
            if case .success(let found?) = result { go(on: found, context) } else { refuse(context) }
        }
    }

    private func go(on tls: NIOSSLContext, _ context: ChannelHandlerContext) {
        isChoosing = true
        do {
            let library = NIOSSLServerHandler(context: tls)
            try context.pipeline.syncOperations.addHandler(library, position: .after(context.handler))
        } catch {
            context.close(promise: nil)
            return
        }
        let received = records.received
        records = ClientHelloRecords()
        context.fireChannelRead(wrapInboundOut(received))
        context.fireChannelReadComplete()
        if heldRead { context.read() }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Self.noApplicationProtocol)), promise: nil)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension ClientHelloReader: Sendable {}
