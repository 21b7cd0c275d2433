internal import CLinux
internal import Glibc
internal import ProcessControl

/// Asks a running supervisor over its unix socket, and reads its answer. Blocks; one request a client.
final class ControlClient {
    struct Answer {
        let status: Int
        let body: String

        var json: JSONValue { JSONValue(body.utf8) ?? .null }
    }

    private let descriptor: OwnedDescriptor
    private let path: String
    private let deadline: MonotonicTime?
    private let patience: Duration?
    private var buffer: [UInt8] = []

    /// - Parameter path: the run folder's control.sock.
    /// - Parameter timeout: for everything together; nil: as long as it takes.
    init(at path: String, timeout: Duration? = nil) throws(CallFailure) {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw CallFailure(.server, SystemError.last("make a socket").description) }
        descriptor = OwnedDescriptor(adopting: number)
        self.path = path
        patience = timeout
        deadline = timeout.map { MonotonicTime.now.advanced(by: $0) }
        let connected = clinux_connect_unix(descriptor.number, path)
        guard connected == 0 else {
            throw connected == -EACCES
                ? CallFailure(.failed, "you may not control the dockmaster at \(path); use its user, or root")
                : CallFailure(.server, "no dockmaster runs at \(path); start one, or name its run folder (--run)")
        }
    }

    /// One request, one answer.
    static func ask(
        _ method: String, _ target: String, body: String? = nil, at path: String, timeout: Duration? = nil
    ) throws(CallFailure) -> Answer {
        try ControlClient(at: path, timeout: timeout).ask(method, target, body: body)
    }

    func ask(_ method: String, _ target: String, body: String? = nil) throws(CallFailure) -> Answer {
        try send(method, target, body)
        let head = try head()
        if head.isChunked { return Answer(status: head.status, body: "") }
        while buffer.count < head.length { guard try receive() else { throw ended() } }
        let body = buffer[..<head.length]
        buffer.removeFirst(head.length)
        return Answer(status: head.status, body: String(decoding: body, as: UTF8.self))
    }

    /// One request whose answer comes in lines, and may never end.
    /// - Parameter line: called for each line; false ends it.
    /// - Returns: the answer of a refusal, nil once `line` or the supervisor has ended it.
    func follow(
        _ target: String, by method: String = "GET", _ line: (String) throws(CallFailure) -> Bool
    ) throws(CallFailure) -> Answer? {
        try send(method, target, nil)
        let head = try head()
        guard head.isChunked else {
            while buffer.count < head.length { guard try receive() else { throw ended() } }
            return Answer(status: head.status, body: String(decoding: buffer, as: UTF8.self))
        }
        while true {
            while let chunk = nextChunk() {
                if chunk.isEmpty { return nil }
                for text in chunk.split(separator: "\n") where !(try line(String(text))) { return nil }
            }
            guard try receive() else { return nil }
        }
    }

    /// Waits until the supervisor has ended, which closes the connection.
    func waitForEnd() throws(CallFailure) {
        while try receive() { buffer = [] }
    }

    // MARK: Bytes

    private func send(_ method: String, _ target: String, _ body: String?) throws(CallFailure) {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: dockmaster\r\n"
        if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        let bytes = Array((text + "\r\n" + (body ?? "")).utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor.number, UnsafeRawBufferPointer(rebasing: bytes[sent...]).baseAddress,
                    bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw ended() }
            sent += count
        }
    }

    private func head() throws(CallFailure) -> (status: Int, length: Int, isChunked: Bool) {
        while true {
            if let end = (0..<max(0, buffer.count - 3)).first(where: { buffer[$0...].starts(with: [13, 10, 13, 10]) }) {
                let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
                buffer.removeFirst(end + 4)
                let words = (lines.first ?? "").split(separator: " ")
                guard words.count > 1, let status = Int(words[1]) else { throw ended() }
                let fields = lines.dropFirst().map { $0.lowercased() }
                let length = fields.first { $0.hasPrefix("content-length:") }.flatMap {
                    Int($0.dropFirst(15).drop { $0 == " " })
                }
                return (status, length ?? 0, fields.contains { $0.hasPrefix("transfer-encoding:") })
            }
            guard try receive() else { throw ended() }
        }
    }

    private func nextChunk() -> String? {
        guard let end = (0..<max(0, buffer.count - 1)).first(where: { buffer[$0] == 13 && buffer[$0 + 1] == 10 }),
            let size = Int(String(decoding: buffer[..<end], as: UTF8.self), radix: 16),
            buffer.count >= end + 2 + size + 2
        else { return nil }
        let chunk = String(decoding: buffer[(end + 2)..<(end + 2 + size)], as: UTF8.self)
        buffer.removeFirst(end + 2 + size + 2)
        return chunk
    }

    /// - Returns: false at the end.
    private func receive() throws(CallFailure) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            if let deadline {
                var entry = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
                let left = deadline.since(.now) / .milliseconds(1)
                if left <= 0 || poll(&entry, 1, CInt(clamping: Int(left) + 1)) == 0 {
                    throw CallFailure(
                        .failed, "no answer within \(Words.duration(patience ?? .zero)); it may still be done")
                }
            }
            let count = Glibc.read(descriptor.number, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            buffer += chunk[..<count]
            return true
        }
    }

    private func ended() -> CallFailure {
        CallFailure(.server, "the dockmaster at \(path) ended before it answered; see its log")
    }
}
