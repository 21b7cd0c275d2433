import BundleConfig
import BundleLog
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import TextFormats

/// Waits for the TLS handshake, within its time, and then lays out the pipeline for the protocol that was agreed on.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let timeout: TimeAmount
    private let services: LoopServices
    /// Whose certificates are asked for by the contexts of this handshake.
    private let clients: ClientCertificates?
    private let logger = Logger(label: "proxy")
    private var connection: ClientConnection
    private var timer: Scheduled<Void>?
    private var isComplete = false
    /// Whether the proxy drains: who has been let in is still served once.
    private var isDraining = false

    init(timeout: TimeAmount, services: LoopServices, connection: ClientConnection) {
        self.timeout = timeout
        self.services = services
        self.connection = connection
        clients = services.current.load().configuration.clientCertificates
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: timeout) { channel.close(mode: .all, promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        if !isComplete { services.figures.failedHandshakes += 1 }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiated):
            finish(context, negotiated)
        case is ChannelShouldQuiesceEvent:
            isDraining = true
        case ChannelEvent.inputClosed:
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Handshakes fail all the time on a public port; each closes its connection and nothing else.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func finish(_ context: ChannelHandlerContext, _ negotiated: String?) {
        let pipeline = context.pipeline.syncOperations
        if let certificate = try? pipeline.nioSSL_peerCertificate(), !take(certificate) {
            context.close(promise: nil)
            return
        }
        isComplete = true
        // A challenge is answered by the handshake; nothing is said after it (RFC 8737, section 3).
        if negotiated == "acme-tls/1" {
            context.close(promise: nil)
            return
        }
        connection.isHTTP2 = negotiated == "h2"
        if let version = try? pipeline.nioSSL_tlsVersion() {
            connection.tls = version == .tlsv13 ? "TLSv1.3" : "TLSv1.2"
            services.figures.handshakes[version == .tlsv13 ? "TLSv1.3" : "TLSv1.2", default: 0] += 1
        }
        do {
            if connection.isHTTP2 {
                try HTTP2Setup.configure(context.channel, services: services, connection: connection)
            } else {
                try ConnectionSetup.addHTTP1(context.channel, services: services, connection: connection)
            }
            pipeline.removeHandler(self, promise: nil)
            if isDraining { pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        } catch {
            context.close(promise: nil)
        }
    }

    /// - Returns: whether the client may go on.
    private func take(_ certificate: NIOSSLCertificate) -> Bool {
        // It was verified by an authority that may have gone meanwhile.
        guard services.current.load().configuration.clientCertificates == clients else { return false }
        do throws(ClientCertificate.Useless) {
            connection.certificate = try ClientCertificate(certificate, now: UTCTime.now().seconds)
            return true
        } catch {
            let isServed = clients?.mode == .optional
            let outcome = isServed ? "served as one that shows none" : "turned away"
            logger.notice(
                "the certificate of the client at \(connection.remote) names nobody: \(error.reason); it is \(outcome)",
                metadata: [LogField.event: "client_certificate"])
            return isServed
        }
    }
}

@available(*, unavailable)
extension HandshakeHandler: Sendable {}
