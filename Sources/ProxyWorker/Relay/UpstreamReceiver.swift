import NIOCore
import NIOHTTP1

/// Who has asked an upstream something and hears the answer. All calls come on the event loop.
protocol UpstreamReceiver: AnyObject {
    func upstreamBegan(_ head: HTTPResponseHead)
    func upstreamSent(_ body: ByteBuffer)
    /// What has been read at once has been handed on.
    func upstreamPaused()
    func upstreamEnded()
    func upstreamWritabilityChanged(isWritable: Bool)
    /// The connection is gone before the answer was complete.
    func upstreamFailed(_ problem: String)
}
