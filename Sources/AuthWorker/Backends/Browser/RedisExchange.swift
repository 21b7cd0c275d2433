internal import BundleConfig
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A few commands to Redis on a connection of their own: sign-ins are rare, and a connection that is kept may be dead.
enum RedisExchange {
    /// - Returns: a reply for each of `commands`.
    /// - Throws: when Redis cannot be reached, is late, or refuses a command.
    static func run(
        _ commands: [[String]], of settings: RedisSettings, _ security: NIOSSLContext?
    ) async throws(BackendFailure) -> [RedisReply] {
        var all: [[String]] = []
        if !settings.password.isEmpty {
            all.append(["AUTH"] + (settings.user.isEmpty ? [] : [settings.user]) + [settings.password.reveal()])
        }
        if settings.database != 0 { all.append(["SELECT", "\(settings.database)"]) }
        let greetings = all.count
        all += commands
        let replies: [RedisReply]
        do {
            replies = try await exchange(all, settings, security)
        } catch let failure as BackendFailure {
            throw failure
        } catch is RedisReply.Unreadable {
            throw BackendFailure(problem: "Redis: what answers there is no Redis", isOutage: false)
        } catch {
            throw BackendFailure(problem: "Redis cannot be reached (\(type(of: error)))", isOutage: true)
        }
        for case .error(let word) in replies {
            let passes = ["LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "OOM"].contains(word)
            throw BackendFailure(problem: "Redis refuses: \(word)", isOutage: passes)
        }
        return Array(replies.dropFirst(greetings))
    }

    private static func exchange(
        _ commands: [[String]], _ settings: RedisSettings, _ security: NIOSSLContext?
    ) async throws -> [RedisReply] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: [RedisReply].self)
        let late = loop.scheduleTask(in: TimeAmount(settings.time)) {
            promise.fail(BackendFailure(problem: "Redis: \(BackendFailure.late.problem)", isOutage: true))
        }
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(TimeAmount(settings.time)).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                if let security {
                    var name: String?
                    // A certificate names a host; an address cannot be asked for.
                    if case .tcp(let host, _) = settings.address, (try? SocketAddress(ipAddress: host, port: 0)) == nil
                    {
                        name = host
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: security, serverHostname: name))
                }
                try channel.pipeline.syncOperations.addHandler(
                    RedisReplies(count: commands.count, promise: promise))
            }
        }
        let channel: any Channel
        do {
            switch settings.address {
            case .tcp(let host, let port): channel = try await bootstrap.connect(host: host, port: port).get()
            case .unix(let path): channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
            }
        } catch {
            late.cancel()
            promise.fail(error)
            return try await promise.futureResult.get()
        }
        var buffer = ByteBuffer()
        for command in commands { RedisReply.write(command, to: &buffer) }
        channel.writeAndFlush(buffer, promise: nil)
        defer {
            late.cancel()
            channel.close(promise: nil)
        }
        return try await promise.futureResult.get()
    }
}

/// Collects the replies to what was sent at once.
private final class RedisReplies: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let count: Int
    private let promise: EventLoopPromise<[RedisReply]>
    private var buffer = ByteBuffer()
    private var replies: [RedisReply] = []

    init(count: Int, promise: EventLoopPromise<[RedisReply]>) {
        self.count = count
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        buffer.writeBuffer(&part)
        do {
            while replies.count < count, let reply = try RedisReply.read(&buffer) { replies.append(reply) }
            if replies.count == count { promise.succeed(replies) }
        } catch {
            promise.fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(BackendFailure(problem: "Redis closed the connection", isOutage: true))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
