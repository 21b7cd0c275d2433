import NIOCore
import NIOHTTP2

/// Knows the open streams of a connection, and passes on what it is told.
///
/// A stream that is closed as it comes about is told of in the wrong order, closed and then created (swift-nio-http2 1.46,
/// `HTTP2StreamChannel.networkActivationReceived`). NIOHTTP2's own delegate would take it for open for ever, and never close the
/// connection for being idle: it is passed on as if it had not been.
struct OpenStreams: NIOHTTP2StreamDelegate {
    private struct State {
        var open: Set<HTTP2StreamID> = []
        /// Closed before they were created.
        var stillborn: Set<HTTP2StreamID> = []
        var hasBegun = false
        var idleSince: NIODeadline
    }

    private let next: any NIOHTTP2StreamDelegate
    private let loop: any EventLoop
    private let state: NIOLoopBoundBox<State>

    init(on loop: any EventLoop, next: any NIOHTTP2StreamDelegate) {
        self.next = next
        self.loop = loop
        state = NIOLoopBoundBox(State(idleSince: loop.now), eventLoop: loop)
    }

    /// Whether no stream is open, nor was one until a moment ago, nor is the first still to be expected.
    /// - Parameters:
    ///   - pause: how long the last stream must have been closed.
    ///   - firstRequest: how long a connection without any stream so far is waited for.
    func areDone(for pause: TimeAmount, firstRequest: TimeAmount) -> Bool {
        let state = state.value
        return state.open.isEmpty && loop.now - state.idleSince >= (state.hasBegun ? pause : firstRequest)
    }

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        state.value.hasBegun = true
        guard state.value.stillborn.remove(id) == nil else { return }
        state.value.open.insert(id)
        next.streamCreated(id, channel: channel)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        state.value.idleSince = loop.now
        guard state.value.open.remove(id) != nil else {
            state.value.stillborn.insert(id)
            return
        }
        next.streamClosed(id, channel: channel)
    }
}
