import BundleConfig
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

@testable import CertificateWorker

/// Serves what lies in the folder of tls-alpn-01, for the name that is asked for.
struct ALPNServer: Sendable {
    private let channel: any Channel

    static func start(_ folder: String) async throws -> ALPNServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Whoever names no host gets a certificate that convinces nobody.
                    let pem = try ChallengeCertificate.make(for: "none.test", authorization: "", now: 0)
                    let bytes = Array(pem.reveal().utf8)
                    var configuration = TLSConfiguration.makeServerConfiguration(
                        certificateChain: try NIOSSLCertificate.fromPEMBytes(bytes).map { .certificate($0) },
                        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: bytes, format: .pem)))
                    configuration.applicationProtocols = ["acme-tls/1"]
                    configuration.sslContextCallback = { values, promise in
                        let file = "\(folder)/\(values.serverHostname ?? "none").pem"
                        promise.completeWith(
                            Result {
                                var override = NIOSSLContextConfigurationOverride()
                                override.certificateChain = try NIOSSLCertificate.fromPEMFile(file)
                                    .map { .certificate($0) }
                                override.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
                                return override
                            })
                    }
                    let context = try NIOSSLContext(configuration: configuration)
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ALPNServer(channel: channel)
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func stop() async { try? await channel.close() }
}
