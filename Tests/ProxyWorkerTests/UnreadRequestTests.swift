import BundleConfig
import Foundation
import Glibc
import Synchronization
import Testing

@testable import ProxyWorker

/// What happens to a POST when its worker ends just then.
@Suite("A request that changes something", .timeLimit(.minutes(1)))
struct UnreadRequestTests {
    @Test(
        "is sent once more when the worker has closed a kept connection without having read it, else it is not",
        arguments: ["", "{}\r\n\r\n"])
    func closing(body: String) async throws {
        for readsFirst in [false, true] {
            let upstream = try ClosingUpstream(readsFirst: readsFirst)
            let proxy = try await TestProxy.start {
                $0.upstreams = [.init(name: "registry", socket: upstream.path)]
            }
            let client = try await RawClient.connect(port: proxy.https)
            let first = try await client.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(first.hasPrefix("HTTP/1.1 200 "), "\(first)")
            let both = try await client.ask(
                "POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                answers: 2)
            #expect(both.contains(readsFirst ? "HTTP/1.1 502 " : "HTTP/1.1 202 "), "\(both)")
            #expect(upstream.posts.withLock { $0 } == 1, "what has been read is never sent twice")
            await client.close()
            await proxy.stop()
            upstream.stop()
        }
    }
}

/// Answers a GET, waits for the next request on that connection, and closes it, without reading it or after that. A POST on
/// another connection is answered 202. One connection at a time, on a thread of its own.
private final class ClosingUpstream: Sendable {
    let path: String
    /// POST requests that it has read.
    let posts = Mutex(0)
    private let listener: CInt

    init(readsFirst: Bool) throws {
        let path = "/tmp/proxy/closing-\(UInt32.random(in: 0...UInt32.max))"
        self.path = path
        try FileManager.default.createDirectory(atPath: "/tmp/proxy", withIntermediateDirectories: true)
        listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
        }
        try #require(bound == 0 && listen(listener, 16) == 0)
        Thread.detachNewThread { [self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                serve(descriptor, readsFirst: readsFirst)
                close(descriptor)
            }
        }
    }

    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        unlink(path)
    }

    private func serve(_ descriptor: CInt, readsFirst: Bool) {
        let request = read(descriptor)
        if request.hasPrefix("POST ") {
            answer(descriptor, "202 Accepted", "connection: close\r\n")
        } else if request.hasPrefix("GET /v2/ ") {
            answer(descriptor, "200 OK", "")
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&ready, 1, 20_000)
            if readsFirst { _ = read(descriptor) }
        } else {
            answer(descriptor, "200 OK", "connection: close\r\n")
        }
    }

    private func read(_ descriptor: CInt) -> String {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while !text.hasSuffix(text.lowercased().contains("content-length: 6") ? "{}\r\n\r\n" : "\r\n\r\n") {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return text }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        if text.hasPrefix("POST ") { posts.withLock { $0 += 1 } }
        return text
    }

    private func answer(_ descriptor: CInt, _ status: String, _ fields: String) {
        let text = "HTTP/1.1 \(status)\r\n\(fields)content-length: 0\r\n\r\n"
        _ = send(descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL))
    }
}
