import NIOCore

/// How much of what was sent over a TCP connection the peer has acknowledged.
///
/// A socket's buffers are large: whether a slow reader reads at all shows here long before there is room to write again.
/// - Source: `tcpi_bytes_acked`, the 16th 8-byte word of `struct tcp_info` (linux/tcp.h); Linux 4.2 and later.
enum AcknowledgedBytes {
    private typealias Words = (
        UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
        UInt64, UInt64
    )

    private static let infoOption = NIOBSDSocket.Option(rawValue: 11)

    /// Calls `then` on the event loop; with nil where it cannot be told.
    /// - Parameter channel: the connection's, or that of one of its HTTP/2 streams.
    static func read(_ channel: any Channel, then: @escaping (Int?) -> Void) {
        // The parent of a stream is its connection; that of a connection is the socket that accepted it.
        guard let socket = (channel as? any SocketOptionProvider) ?? (channel.parent as? any SocketOptionProvider)
        else {
            then(nil)
            return
        }
        let words: EventLoopFuture<Info> = socket.unsafeGetSocketOption(level: .tcp, name: infoOption)
        words.assumeIsolated().whenComplete { result in
            then((try? result.get()).map { Int(clamping: $0.words.15) })
        }
    }

    private struct Info: Sendable {
        var words: Words
    }
}
