import NIOCore

/// A request's body that asks before it gives its bytes on: what does not announce its length is counted as it comes.
struct LimitedBody<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable
where Base.Element == ByteBuffer, Base.Failure == any Error {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let base: Base
    /// Told how many bytes have come, this buffer's with them.
    let allow: @Sendable (Int) async throws -> Void

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        var count = 0
        let allow: @Sendable (Int) async throws -> Void

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> ByteBuffer? {
            guard let buffer = try await base.next(isolation: actor) else { return nil }
            count += buffer.readableBytes
            try await allow(count)
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), allow: allow)
    }
}
