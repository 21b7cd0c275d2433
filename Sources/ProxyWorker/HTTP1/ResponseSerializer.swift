import NIOCore
import NIOHTTP1

/// Writes one answer after another as HTTP/1 and decides how its body is framed. Pure but for the buffer.
struct ResponseSerializer {
    private enum Framing {
        case none
        case length
        case chunked
        case connection
    }

    private var framing = Framing.none
    private var isHead = false
    private var version = HTTPVersion.http1_1
    private var requestKeepsAlive = false
    /// Whether the connection can carry another request after this answer.
    private(set) var keepsAlive = false

    /// Whether the answer's body is sent at all.
    var hasBody: Bool { framing != .none }

    /// - Parameter request: the request to be answered; nil when its head could not be read.
    mutating func begin(_ request: HTTPRequestHead?) {
        isHead = request?.method == .HEAD
        version = request?.version ?? .http1_1
        requestKeepsAlive = request?.isKeepAlive ?? false
        framing = .none
    }

    mutating func write(_ head: HTTPResponseHead, keepAlive: Bool, into buffer: inout ByteBuffer) {
        let code = head.status.code
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(code))
        buffer.writeStaticString(" ")
        buffer.writeString(head.status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        let hasLength = head.headers.contains(name: "content-length")
        for (name, value) in head.headers {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        guard code >= 200 else {
            buffer.writeStaticString("\r\n")
            return
        }
        let asksToClose = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
        keepsAlive = keepAlive && requestKeepsAlive && !asksToClose
        if isHead || code == 204 || code == 304 {
            framing = .none
        } else if hasLength {
            framing = .length
        } else if version == .http1_0 {
            framing = .connection
            keepsAlive = false
        } else {
            framing = .chunked
            buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        if !keepsAlive, !asksToClose {
            buffer.writeStaticString("Connection: close\r\n")
        } else if keepsAlive, version == .http1_0 {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    mutating func beginBody(count: Int, into buffer: inout ByteBuffer) {
        guard framing == .chunked else { return }
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    mutating func endBody(into buffer: inout ByteBuffer) {
        if framing == .chunked { buffer.writeStaticString("\r\n") }
    }

    mutating func end(into buffer: inout ByteBuffer) {
        if framing == .chunked { buffer.writeStaticString("0\r\n\r\n") }
        framing = .none
    }
}
