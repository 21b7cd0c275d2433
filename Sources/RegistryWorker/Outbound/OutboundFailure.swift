import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a request to somebody else had no answer, in words: never with a URL or a header, which may hold a secret.
enum OutboundFailure {
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: client(error)
        case let error as IOError: words(of: error)
        case let error as NIOConnectionError:
            "it cannot be reached"
                + (error.connectionErrors.lazy.compactMap { $0.error as? IOError }.first.map { ": \(words(of: $0))" }
                    ?? "")
        case let error as NIOSSLError: "the TLS handshake failed: \(error)"
        case is NIOSSLExtraError: "its certificate is not for this host"
        case is CancellationError: "the attempt was given up"
        default: "the attempt failed (\(type(of: error)))"
        }
    }

    /// `connection refused`
    private static func words(of error: IOError) -> String {
        String(cString: strerror(error.errnoCode)).lowercased()
    }

    private static func client(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout, .writeTimeout:
            "it did not answer in time"
        case .remoteConnectionClosed: "it closed the connection"
        case .cancelled: "the attempt was given up"
        default: error.shortDescription
        }
    }
}
