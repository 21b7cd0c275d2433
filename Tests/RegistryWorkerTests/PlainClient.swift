import Glibc

/// Speaks HTTP/1.1 with a registry on a unix socket, a connection for each request, on the calling thread. It sees what a
/// client library hides: answers that come before the body has been sent, and bodies that end early.
struct PlainClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        /// All that Content-Length announces has come.
        var isWhole: Bool { headers["content-length"].flatMap(Int.init) == body.count }
    }

    let socket: String

    func send(
        _ method: String, _ target: String, _ headers: [String: String] = [:], _ body: [UInt8] = []
    ) throws(Failure) -> Answer {
        let connection = try connect()
        defer { close(connection) }
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += "Content-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        // A server that has heard enough closes: its answer is what counts.
        if write(Array("\(head)\r\n".utf8), to: connection) { _ = write(body, to: connection) }
        return try answer(from: connection)
    }

    private func connect() throws(Failure) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socket.utf8).prefix($0.count - 1)) }
        let connection = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard connection >= 0 else { throw Failure(description: "no socket: \(errno)") }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            close(connection)
            throw Failure(description: "cannot connect to \(socket): \(number)")
        }
        return connection
    }

    private func write(_ bytes: [UInt8], to connection: CInt) -> Bool {
        var done = 0
        while done < bytes.count {
            // An answer that comes early is the end: a server that refuses reads no further.
            var entry = pollfd(fd: connection, events: Int16(POLLIN | POLLOUT), revents: 0)
            guard poll(&entry, 1, 30_000) > 0, entry.revents & Int16(POLLIN) == 0 else { return false }
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    connection, $0.baseAddress?.advanced(by: done), bytes.count - done,
                    CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            }
            if count < 0 && errno == EAGAIN { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private func answer(from connection: CInt) throws(Failure) -> Answer {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !Self.isWhole(received), case let count = recv(connection, &buffer, buffer.count, 0), count > 0 {
            received += buffer[..<count]
        }
        guard let head = Self.headLength(received)
        else { throw Failure(description: "no answer, only \(received.count) bytes") }
        var lines = String(decoding: received[..<head], as: UTF8.self).components("\r\n")
        let status = Int(lines.removeFirst().split(separator: " ").dropFirst().first ?? "") ?? 0
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return Answer(status: status, headers: headers, body: Array(received[(head + 4)...]))
    }

    /// Whether head and body have come, by the head's Content-Length; without one, the connection's end tells.
    private static func isWhole(_ received: [UInt8]) -> Bool {
        guard received.count < 16 << 10, let head = headLength(received),
            let length = String(decoding: received[..<head], as: UTF8.self).lowercased()
                .firstMatch(of: /content-length: ([0-9]+)/)?.1
        else { return false }
        return received.count - head - 4 >= Int(length) ?? 0
    }

    private static func headLength(_ received: [UInt8]) -> Int? {
        (0..<max(received.count - 3, 0)).first { received[$0...].starts(with: [13, 10, 13, 10]) }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
