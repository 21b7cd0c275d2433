import BundleConfig
import NIOCore
import NIOHTTP2

/// Lays out the pipeline of an HTTP/2 connection: each stream is a channel of its own with the handlers of HTTP/1.
enum HTTP2Setup {
    static func configure(_ channel: any Channel, services: LoopServices, connection: ClientConnection) throws {
        let state = services.current.load()
        var connectionConfiguration = NIOHTTP2Handler.ConnectionConfiguration()
        connectionConfiguration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: state.configuration.limits.streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: state.configuration.limits.headers.bytes),
            HTTP2Setting(parameter: .initialWindowSize, value: 256 << 10),
        ]
        connectionConfiguration.targetWindowSize = 1 << 20
        var streamConfiguration = NIOHTTP2Handler.StreamConfiguration()
        streamConfiguration.targetWindowSize = 256 << 10
        streamConfiguration.outboundBufferSizeHighWatermark = 256 << 10
        streamConfiguration.outboundBufferSizeLowWatermark = 64 << 10
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: state.idleTimeout, maxAge: nil, maxGraceTime: nil, keepalive: nil))
        let streams = OpenStreams(on: channel.eventLoop, next: manager.http2StreamDelegate)
        let box = NIOLoopBound(services, eventLoop: channel.eventLoop)
        let pipeline = channel.pipeline.syncOperations
        let handler = NIOHTTP2Handler(
            mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: connectionConfiguration,
            streamConfiguration: streamConfiguration, streamDelegate: streams
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let pipeline = stream.pipeline.syncOperations
                try pipeline.addHandler(StreamGuard())
                try pipeline.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                try pipeline.addHandler(RequestHandler(services: box.value, connection: connection))
            }
        }
        try pipeline.addHandler(UnknownFrames())
        try pipeline.addHandler(handler)
        try pipeline.addHandler(ConnectionFarewell(streams: streams))
        try pipeline.addHandler(manager)
        try pipeline.addHandler(ConnectionCloser(services: services))
        // The connection has been active since before the handshake: the manager's idle timer starts here.
        manager.channelActive(context: try pipeline.context(handler: manager))
    }
}
