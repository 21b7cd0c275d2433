import Crypto
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import SwiftASN1
import Synchronization
import X509

/// Looks whether a name answers as it should; every name is 127.0.0.1.
struct ChallengeProbe: Sendable {
    let name: String
    let token: String
    /// The key authorization.
    let expected: String

    /// - Source: RFC 8555, 8.3.
    func askHTTP(port: Int) async throws {
        let request =
            "GET /.well-known/acme-challenge/\(token) HTTP/1.1\r\nHost: \(name)\r\nUser-Agent: test\r\n"
            + "Connection: close\r\n\r\n"
        let answer = String(decoding: try await exchange(Array(request.utf8), port: port), as: UTF8.self)
        guard let end = answer.firstRange(of: "\r\n\r\n") else {
            throw AuthorityProblem("connection", "\(name): no answer of HTTP")
        }
        let body = answer[end.upperBound...]
        guard answer.hasPrefix("HTTP/1.1 200 ") else {
            throw AuthorityProblem("unauthorized", "\(name): answered \(answer.prefix(12))", status: 403)
        }
        guard body == expected else {
            throw AuthorityProblem("unauthorized", "\(name): answered another key authorization", status: 403)
        }
    }

    /// All that comes until the other side closes.
    private func exchange(_ request: [UInt8], port: Int) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request))
            var bytes: [UInt8] = []
            for try await buffer in inbound { bytes += Array(buffer.readableBytesView) }
            return bytes
        }
    }

    /// - Source: RFC 8737, 3.
    func askTLS(port: Int) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["acme-tls/1"]
        let context = try NIOSSLContext(configuration: configuration)
        let box = CertificateBox()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let agreed = loop.makePromise(of: String?.self)
        let name = name
        let channel = try await ClientBootstrap(group: loop).connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: name) { certificates, promise in
                        box.certificates.withLock { $0 = certificates }
                        promise.succeed(.certificateVerified)
                    }
                    try channel.pipeline.syncOperations.addHandlers([tls, HandshakeWaiter(agreed)])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let negotiated: String?
        do {
            negotiated = try await agreed.futureResult.get()
            try? await channel.close()
        } catch {
            try? await channel.close()
            throw AuthorityProblem("tls", "\(name): \(error)", status: 403)
        }
        guard negotiated == "acme-tls/1" else {
            throw AuthorityProblem("unauthorized", "\(name): did not agree on acme-tls/1", status: 403)
        }
        let certificates = box.certificates.withLock { $0 }
        try check(certificates)
    }

    private func check(_ certificates: [NIOSSLCertificate]) throws {
        guard certificates.count == 1, let certificate = try? Certificate(derEncoded: certificates[0].toDERBytes())
        else { throw AuthorityProblem("unauthorized", "\(name): shows not one certificate", status: 403) }
        let names = (try certificate.extensions.subjectAlternativeNames).map { Array($0) } ?? []
        guard names == [.dnsName(name)] else {
            throw AuthorityProblem("unauthorized", "\(name): its certificate names \(names)", status: 403)
        }
        guard certificate.publicKey.isValidSignature(certificate.signature, for: certificate) else {
            throw AuthorityProblem("unauthorized", "\(name): its certificate is not self-signed", status: 403)
        }
        // An OCTET STRING of 32 bytes.
        let wanted: [UInt8] = [0x04, 0x20] + SHA256.hash(data: Data(expected.utf8))
        guard let identifier = certificate.extensions[oid: [1, 3, 6, 1, 5, 5, 7, 1, 31]], identifier.critical,
            Array(identifier.value) == wanted
        else { throw AuthorityProblem("unauthorized", "\(name): lacks the acmeIdentifier", status: 403) }
    }

    private final class CertificateBox: Sendable {
        let certificates = Mutex<[NIOSSLCertificate]>([])
    }

    /// Tells what was agreed on, or why nothing was.
    private final class HandshakeWaiter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var agreed: EventLoopPromise<String?>?

        init(_ agreed: EventLoopPromise<String?>) { self.agreed = agreed }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case TLSUserEvent.handshakeCompleted(let negotiated) = event { end { $0.succeed(negotiated) } }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { end { $0.fail(error) } }

        func channelInactive(context: ChannelHandlerContext) { end { $0.fail(ChannelError.eof) } }

        private func end(_ body: (EventLoopPromise<String?>) -> Void) {
            if let agreed { body(agreed) }
            agreed = nil
        }
    }
}
