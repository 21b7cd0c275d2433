import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that sends bytes as they are and keeps what comes back.
final class RawClient: Sendable {
    private struct State {
        var received = ByteBuffer()
        var isClosed = false
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    static func connect(
        port: Int, tls: Bool = true, name: String? = nil, protocols: [String] = [],
        identity: (chain: String, key: String)? = nil, buffer: Int = 64 << 10
    ) async throws -> RawClient {
        let client = RawClient()
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = protocols
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.chain).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: buffer)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if tls { try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name)) }
                    try pipeline.addHandler(Collector(client))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        client.channel.withLock { $0 = channel }
        return client
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        guard let channel = channel.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
        try await channel.writeAndFlush(bytes)
    }

    /// Sends without waiting for the bytes to leave.
    func pour(_ bytes: ByteBuffer) {
        channel.withLock { $0 }?.writeAndFlush(bytes, promise: nil)
    }

    func stopReading() async {
        try? await channel.withLock { $0 }?.setOption(.autoRead, value: false).get()
    }

    func startReading() async {
        try? await channel.withLock { $0 }?.setOption(.autoRead, value: true).get()
    }

    /// How many bytes have come.
    var count: Int { state.withLock { $0.received.readableBytes } }

    /// Goes away with a reset, as a killed client whose data nobody has read.
    func abort() async {
        guard let channel = channel.withLock({ $0 }) else { return }
        try? await channel.eventLoop.submit {
            (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
            try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self).close(promise: nil)
        }.get()
    }

    func close() async {
        try? await channel.withLock { $0 }?.close()
    }

    /// Reads once what is there, after `stopReading`.
    func readOnce() async {
        guard let channel = channel.withLock({ $0 }) else { return }
        try? await channel.eventLoop.submit { channel.read() }.get()
    }

    var bytes: [UInt8] { state.withLock { Array($0.received.readableBytesView) } }

    var text: String { state.withLock { String(buffer: $0.received) } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// What has come once it satisfies the condition, or after 10 s.
    func text(when condition: (String) -> Bool) async -> String {
        for _ in 0..<1_000 {
            let text = text
            if condition(text) || isClosed { return self.text }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return text
    }

    /// Everything up to the end of the connection; nil when it does not end within 10 s.
    func textUntilClose() async -> String? {
        for _ in 0..<1_000 {
            if isClosed { return text }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    /// A request, and its answer up to the length that it names.
    func ask(_ request: String, answers count: Int = 1) async throws -> String {
        try await send(request)
        return await text { Self.isComplete($0, count) }
    }

    private static func isComplete(_ text: String, _ count: Int) -> Bool {
        var rest = text[...]
        for _ in 0..<count {
            guard let end = rest.firstRange(of: "\r\n\r\n") else { return false }
            let head = rest[..<end.lowerBound].lowercased()
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                .flatMap { Int($0.dropFirst(16)) } ?? 0
            guard rest[end.upperBound...].utf8.count >= length else { return false }
            rest = rest[rest.utf8.index(end.upperBound, offsetBy: length)...]
        }
        return true
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let client: RawClient

        init(_ client: RawClient) {
            self.client = client
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            _ = client.state.withLock { $0.received.writeImmutableBuffer(unwrapInboundIn(data)) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            client.state.withLock { $0.isClosed = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
