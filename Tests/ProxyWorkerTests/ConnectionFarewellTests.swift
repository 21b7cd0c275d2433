import NIOCore
import NIOEmbedded
import NIOHTTP2
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("The end of an HTTP/2 connection")
struct ConnectionFarewellTests {
    private struct Nobody: NIOHTTP2StreamDelegate {
        func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {}
        func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {}
    }

    /// Stands where the handler stands that sends GOAWAY.
    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = Any
        var goesAway = false

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is ChannelShouldQuiesceEvent { goesAway = true }
        }
    }

    private struct Connection {
        let channel = EmbeddedChannel()
        let recorder = Recorder()
        let streams: OpenStreams

        init() throws {
            streams = OpenStreams(on: channel.eventLoop, next: Nobody())
            try channel.pipeline.syncOperations.addHandlers(ConnectionFarewell(streams: streams), recorder)
            channel.connect(to: try SocketAddress(unixDomainSocketPath: "/none"), promise: nil)
        }

        func drain() {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }

        func close() {
            channel.pipeline.close(promise: nil)
        }

        func pass(_ time: TimeAmount) {
            channel.embeddedEventLoop.advanceTime(by: time)
        }
    }

    @Test("GOAWAY comes a moment after the last answer, not with it")
    func afterTheAnswer() throws {
        let connection = try Connection()
        connection.streams.streamCreated(1, channel: connection.channel)
        connection.drain()
        connection.pass(.milliseconds(500))
        #expect(!connection.recorder.goesAway)
        connection.streams.streamClosed(1, channel: connection.channel)
        connection.pass(.milliseconds(40))
        #expect(!connection.recorder.goesAway)
        connection.pass(.milliseconds(70))
        #expect(connection.recorder.goesAway)
    }

    @Test("a connection that has just come about may ask once, and an idle one goes at once")
    func firstRequest() throws {
        let fresh = try Connection()
        fresh.drain()
        fresh.pass(.milliseconds(400))
        #expect(!fresh.recorder.goesAway)
        fresh.pass(.milliseconds(150))
        #expect(fresh.recorder.goesAway)

        let idle = try Connection()
        idle.streams.streamCreated(1, channel: idle.channel)
        idle.streams.streamClosed(1, channel: idle.channel)
        idle.pass(.seconds(1))
        idle.drain()
        #expect(idle.recorder.goesAway)
    }

    @Test("a long transfer is told to go after two seconds, and goes on")
    func longTransfer() throws {
        let connection = try Connection()
        connection.streams.streamCreated(1, channel: connection.channel)
        connection.drain()
        connection.pass(.seconds(3))
        #expect(connection.recorder.goesAway)
        #expect(connection.channel.isActive)
    }

    @Test("who keeps a connection without a stream after GOAWAY is cut off, and who still transfers is not")
    func silence() throws {
        let farewell = HTTP2Frame(
            streamID: .rootStream, payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
        let silent = try Connection()
        silent.channel.pipeline.writeAndFlush(farewell, promise: nil)
        silent.pass(.seconds(29))
        #expect(silent.channel.isActive)
        silent.pass(.seconds(3))
        #expect(!silent.channel.isActive)

        let busy = try Connection()
        busy.streams.streamCreated(1, channel: busy.channel)
        busy.channel.pipeline.writeAndFlush(farewell, promise: nil)
        busy.pass(.hours(1))
        #expect(busy.channel.isActive)
        busy.streams.streamClosed(1, channel: busy.channel)
        busy.pass(.seconds(62))
        #expect(!busy.channel.isActive)
    }

    @Test("a stream that closed before it was created is none that is open")
    func stillborn() throws {
        final class Listener: NIOHTTP2StreamDelegate, Sendable {
            let told = Mutex(0)
            func streamCreated(_ id: HTTP2StreamID, channel: any Channel) { told.withLock { $0 += 1 } }
            func streamClosed(_ id: HTTP2StreamID, channel: any Channel) { told.withLock { $0 += 1 } }
        }
        let channel = EmbeddedChannel()
        let next = Listener()
        let streams = OpenStreams(on: channel.eventLoop, next: next)
        streams.streamClosed(1, channel: channel)
        streams.streamCreated(1, channel: channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(streams.areDone(for: .milliseconds(50), firstRequest: .hours(1)))
        #expect(next.told.withLock { $0 } == 0)
        streams.streamCreated(3, channel: channel)
        #expect(!streams.areDone(for: .milliseconds(50), firstRequest: .zero))
    }

    @Test("the client closes first, within a second")
    func linger() throws {
        let connection = try Connection()
        connection.close()
        connection.pass(.milliseconds(900))
        #expect(connection.channel.isActive)
        connection.pass(.milliseconds(200))
        #expect(!connection.channel.isActive)
    }

    @Test("an error, a client that is gone and a second close do not linger")
    func noLinger() throws {
        let failed = try Connection()
        failed.channel.pipeline.fireErrorCaught(ChannelError.inputClosed)
        failed.close()
        #expect(!failed.channel.isActive)

        let gone = try Connection()
        gone.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        gone.close()
        #expect(!gone.channel.isActive)

        let pressed = try Connection()
        pressed.close()
        pressed.close()
        #expect(!pressed.channel.isActive)
    }
}
