import NIOCore
import NIOHTTP2

/// Counts the open streams of a connection, and passes on what it is told.
struct OpenStreams: NIOHTTP2StreamDelegate {
    private struct State {
        var count = 0
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
        return state.count == 0 && loop.now - state.idleSince >= (state.hasBegun ? pause : firstRequest)
    }

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
        state.value.count += 1
        state.value.hasBegun = true
        next.streamCreated(id, channel: channel)
    }

    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
        state.value.count -= 1
        state.value.idleSince = loop.now
        next.streamClosed(id, channel: channel)
    }
}
