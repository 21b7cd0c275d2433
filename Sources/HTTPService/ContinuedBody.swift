import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// A body whose client waits for `100 Continue` before it sends: asked for when it is read, so that a request that is
/// refused by its head is never sent whole.
/// - Source: RFC 9110, section 10.1.1.
struct ContinuedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let channel: any Channel

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var body: RequestBody.AsyncIterator
        fileprivate let channel: any Channel
        private var isAskedFor = false

        fileprivate init(body: RequestBody.AsyncIterator, channel: any Channel) {
            self.body = body
            self.channel = channel
        }

        mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> ByteBuffer? {
            if !isAskedFor {
                isAskedFor = true
                try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue))).get()
            }
            return try await body.next(isolation: actor)
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body.makeAsyncIterator(), channel: channel)
    }

    /// Whether the client waits. Our own proxy has asked the client itself and passes no Expect on.
    static func isExpected(by request: Request) -> Bool {
        request.headers[.expect]?.lowercased() == "100-continue"
    }
}
