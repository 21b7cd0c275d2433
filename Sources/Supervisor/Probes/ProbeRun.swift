internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// One asking of a probe, on the loop and without ever waiting for it. Answers once, unless it is ended before.
final class ProbeRun {
    /// nil: yes; otherwise why not.
    typealias Answer = (String?) -> Void
    /// Starts the command of an `exec` probe in the place of the service, and calls back with its end.
    typealias Command = ([String], @escaping (ExitStatus) -> Void) throws -> ChildProcess

    private static let headLimit = 1024

    private let loop: EventLoop
    private let timeout: Duration
    private var answer: Answer?
    private var timer: EventLoop.Timer?
    private var registration: EventLoop.Registration?
    private var connection: Connection?
    private var child: ChildProcess?
    /// What is to be sent once the connection stands; nil: the connection itself is the answer.
    private var request: [UInt8]?
    private var head: [UInt8] = []

    private final class Connection {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
        var number: CInt { descriptor.number }
    }

    init(_ probe: Probe, timeout: Duration, loop: EventLoop, command: Command, _ answer: @escaping Answer) {
        self.loop = loop
        self.timeout = timeout
        self.answer = answer
        timer = loop.after(timeout) { [weak self] in
            guard let self else { return }
            self.finish("no answer within \(Words.duration(timeout))")
        }
        switch probe {
        case .tcp(let host, let port): connect(clinux_begin_connect_tcp(Self.numeric(host), CInt(clamping: port)))
        case .unix(let path): connect(clinux_begin_connect_unix(path))
        case .http(let host, let port, let path, let socket):
            let authority = socket == nil ? "\(host.contains(":") ? "[\(host)]" : host):\(port)" : "localhost"
            request = Array(
                ("GET \(path) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: dockmaster\r\nAccept: */*\r\n"
                    + "Connection: close\r\n\r\n").utf8)
            if let socket {
                connect(clinux_begin_connect_unix(socket))
            } else {
                connect(clinux_begin_connect_tcp(Self.numeric(host), CInt(clamping: port)))
            }
        case .exec(let words):
            do {
                child = try command(words) { [weak self] status in
                    guard let self else { return }
                    self.child = nil
                    self.finish(status == .code(0) ? nil : "\(words.first ?? "") ended with \(status)")
                }
            } catch {
                finishSoon("\(error)")
            }
        }
    }

    deinit { end() }

    /// Ends it without an answer.
    func end() {
        answer = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        close()
        child?.signalGroup(SIGKILL)
        child = nil
    }

    private static func numeric(_ host: String) -> String {
        host == "localhost" || host.isEmpty ? "127.0.0.1" : host
    }

    private func connect(_ result: CInt) {
        guard result >= 0 else { return finishSoon(SystemError.words(-result)) }
        let connection = Connection(OwnedDescriptor(adopting: result))
        self.connection = connection
        do throws(SystemError) {
            registration = try loop.watch(result, for: .writable) { [weak self] _ in self?.goOn() }
        } catch {
            finishSoon(error.problem)
        }
    }

    private func goOn() {
        guard let connection else { return }
        if let request, head.isEmpty, !isSent {
            let result = clinux_connect_result(connection.number)
            guard result == 0 else { return finish(SystemError.words(-result)) }
            let count = request.withUnsafeBytes {
                send(connection.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            // A request of this size always fits into a fresh socket's buffer.
            guard count == request.count else { return finish("the request could not be sent") }
            isSent = true
            if let registration { try? loop.change(registration, to: .readable) }
            return
        }
        guard request != nil else {
            let result = clinux_connect_result(connection.number)
            return finish(result == 0 ? nil : SystemError.words(-result))
        }
        read(connection.number)
    }

    private var isSent = false

    private func read(_ descriptor: CInt) {
        var buffer = [UInt8](repeating: 0, count: Self.headLimit)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard count > 0 else { return finish("the connection was closed without an answer") }
        head += buffer[..<count]
        guard let end = head.firstIndex(of: 0x0A) else {
            if head.count >= Self.headLimit { finish("what answers is not HTTP") }
            return
        }
        finish(Self.verdict(head[..<end]))
    }

    /// What a status line says: nil for 200–299.
    static func verdict(_ line: ArraySlice<UInt8>) -> String? {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let version = words.first, version.hasPrefix("HTTP/1."), words.count > 1, let code = Int(words[1]) else {
            return "what answers is not HTTP"
        }
        return (200...299).contains(code) ? nil : "HTTP \(code)"
    }

    private func close() {
        if let registration { loop.stopWatching(registration) }
        registration = nil
        connection = nil
    }

    /// From the loop: nobody is told before the run itself is known to its owner.
    private func finishSoon(_ problem: String) {
        loop.after(.zero) { [weak self] in self?.finish(problem) }
    }

    private func finish(_ problem: String?) {
        guard let answer else { return }
        end()
        answer(problem)
    }
}
