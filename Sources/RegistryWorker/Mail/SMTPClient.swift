import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Sends one mail: a connection of its own, closed afterwards.
enum SMTPClient {
    /// Why a mail was not accepted, in words without a secret.
    struct Refusal: Error, Equatable {
        var words: String
    }

    /// - Parameters:
    ///   - message: the whole mail, its lines ended by CR LF, none of them beginning with a dot.
    ///   - limit: for all of it.
    /// - Throws: `Refusal`.
    static func send(
        _ message: [UInt8], _ settings: MailSettings, hostName: String, within limit: Duration = .seconds(60)
    ) async throws(Refusal) {
        do {
            let context = try NIOSSLContext(configuration: settings.trust)
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let outcome = loop.makePromise(of: Void.self)
            let makeTLS = { @Sendable () throws -> NIOSSLClientHandler in
                // A name for SNI; an address is verified as one.
                let isAddress = (try? SocketAddress(ipAddress: settings.host, port: settings.port)) != nil
                return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : settings.host)
            }
            let channel: any Channel
            do {
                channel = try await ClientBootstrap(group: loop)
                    .connectTimeout(.seconds(10))
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            if settings.isImplicitTLS { try channel.pipeline.syncOperations.addHandler(makeTLS()) }
                            try channel.pipeline.syncOperations.addHandler(
                                SMTPHandler(
                                    SMTPDialogue(settings, hostName: hostName), message: message, makeTLS: makeTLS,
                                    outcome: outcome))
                        }
                    }
                    .connect(host: settings.host, port: settings.port).get()
            } catch {
                outcome.fail(error)
                throw error
            }
            let deadline = loop.scheduleTask(in: TimeAmount(limit)) {
                outcome.fail(Refusal(words: "it did not take the mail in time"))
            }
            defer {
                deadline.cancel()
                channel.close(promise: nil)
            }
            try await withTaskCancellationHandler {
                try await outcome.futureResult.get()
            } onCancel: {
                outcome.fail(Refusal(words: "the attempt was given up"))
            }
        } catch let error as Refusal {
            throw error
        } catch {
            throw Refusal(words: OutboundFailure.words(error))
        }
    }
}
