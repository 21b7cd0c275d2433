import NIOCore
import NIOPosix

/// Sends a part of a document piece by piece, at the client's pace. The files are read on a pool's threads.
final class DocumentSender {
    private static let piece = 128 << 10

    private let document: OpenDocument
    private let range: Range<Int>
    private let loop: any EventLoop
    private let files: NIOThreadPool
    /// Takes a piece, and whether it is the last one, behind which `done` is called at once; says whether the client can
    /// take more at once.
    private let send: (ByteBuffer, _ isLast: Bool) -> Bool
    /// Called once: true when all has been sent.
    private let done: (Bool) -> Void
    private var offset: Int
    private var isReading = false
    private var isStopped = false

    init(
        _ document: OpenDocument, range: Range<Int>, loop: any EventLoop, files: NIOThreadPool,
        send: @escaping (ByteBuffer, _ isLast: Bool) -> Bool, done: @escaping (Bool) -> Void
    ) {
        self.document = document
        self.range = range
        self.loop = loop
        self.files = files
        self.send = send
        self.done = done
        offset = range.lowerBound
    }

    func resume() {
        guard !isReading, !isStopped else { return }
        guard offset < range.upperBound else {
            stop()
            done(true)
            return
        }
        isReading = true
        let (document, offset) = (document, offset)
        let count = min(Self.piece, range.upperBound - offset)
        files.runIfActive(eventLoop: loop) { document.read(at: offset, count: count) }.assumeIsolated()
            .whenComplete { [self] result in took(result) }
    }

    func stop() {
        isStopped = true
    }

    private func took(_ result: Result<ByteBuffer, any Error>) {
        isReading = false
        guard !isStopped else { return }
        guard case .success(let buffer) = result, buffer.readableBytes > 0 else {
            // The file has become shorter than its length said.
            stop()
            done(false)
            return
        }
        offset += buffer.readableBytes
        let isLast = offset >= range.upperBound
        if send(buffer, isLast) || isLast { resume() }
    }
}

@available(*, unavailable)
extension DocumentSender: Sendable {}
