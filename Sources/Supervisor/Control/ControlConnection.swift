internal import Glibc
internal import ProcessControl

/// One client of the control socket. Requests are answered in order, one at a time; what it sends meanwhile waits in the
/// kernel. A client that is slow in asking or in taking an answer is let go; it never holds the loop.
final class ControlConnection {
    /// How long a request may take to arrive, and an answer to be taken.
    static let patience: Duration = .seconds(10)

    private let descriptor: OwnedDescriptor
    private let loop: EventLoop
    /// What the kernel says the peer may do; nil: its token decides, request by request.
    private let level: ControlAccess.Level?
    private let token: [UInt8]
    private let handler: ControlServer.Handler
    private let closed: (ControlConnection) -> Void
    private var registration: EventLoop.Registration?
    private var parser = ControlRequestParser()
    private var outgoing: [UInt8] = []
    private var sent = 0
    private var timer: EventLoop.Timer?
    private var stream: ControlStream?
    /// Whether an answer is being made.
    private var isBusy = false
    private var closesWhenSent = false
    private var inputEnded = false

    init(
        _ descriptor: consuming OwnedDescriptor, loop: EventLoop, level: ControlAccess.Level?, token: [UInt8],
        handler: @escaping ControlServer.Handler, closed: @escaping (ControlConnection) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.level = level
        self.token = token
        self.handler = handler
        self.closed = closed
    }

    /// Whether it may be let go for somebody else: it neither asks nor is answered.
    var isIdle: Bool { !isBusy && stream == nil && outgoing.isEmpty && !parser.isMidway }

    /// - Returns: false when it cannot be watched.
    func open() -> Bool {
        registration = try? loop.watch(descriptor.number, for: .readable) { [weak self] in self?.serve($0) }
        return registration != nil
    }

    /// Answers and ends, for one that is not served.
    func refuse(_ response: ControlResponse) {
        closesWhenSent = true
        reply(response)
    }

    func close() {
        guard let registration else { return }
        self.registration = nil
        loop.stopWatching(registration)
        stopTimer()
        stream?.close()
        stream = nil
        closed(self)
    }

    // MARK: Receiving

    private func serve(_ readiness: EventLoop.Readiness) {
        if !readiness.isDisjoint(with: [.hungUp, .failed]) { return close() }
        if readiness.contains(.writable) { flush() }
        guard readiness.contains(.readable), registration != nil else { return }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = Glibc.read(descriptor.number, &buffer, buffer.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? () : close() }
        if stream != nil { return count == 0 ? close() : () }
        if count == 0 {
            // It may have shut down its sending side only, and wait for its answer.
            guard isBusy || !outgoing.isEmpty else { return close() }
            inputEnded = true
            closesWhenSent = true
            return settle()
        }
        parser.feed(buffer[..<count])
        answerNext()
    }

    private func answerNext() {
        guard registration != nil, !isBusy, !closesWhenSent, stream == nil, outgoing.isEmpty else { return settle() }
        switch parser.next() {
        case .needsMore: break
        case .refused(let status, let problem):
            return refuse(.problem(status, problem, remedy: "see RFC 9112"))
        case .request(var request):
            stopTimer()
            isBusy = true
            if request.headers["connection"]?.lowercased() == "close" { closesWhenSent = true }
            guard let level = level ?? levelByToken(request) else {
                isBusy = false
                var response = ControlResponse.problem(
                    401, "the token is missing or wrong",
                    remedy: "send the contents of supervisor.control.token_file as Authorization: Bearer TOKEN")
                response.headers = [("WWW-Authenticate", "Bearer")]
                return refuse(response)
            }
            request.level = level
            handler(request) { [weak self] response in
                guard let self, self.isBusy else { return }
                self.isBusy = false
                self.reply(response)
                self.answerNext()
            }
        }
        settle()
    }

    private func levelByToken(_ request: ControlRequest) -> ControlAccess.Level? {
        let scheme = "bearer "
        guard let header = request.headers["authorization"], header.lowercased().hasPrefix(scheme) else { return nil }
        return ControlAccess.isEqual(header.utf8.dropFirst(scheme.utf8.count), token) ? .admin : nil
    }

    // MARK: Sending

    private func reply(_ response: ControlResponse) {
        outgoing += response.encoded()
        flush()
        guard let start = response.stream, registration != nil else { return }
        let stream = ControlStream(waiting: { [weak self] in self.map { $0.outgoing.count - $0.sent } ?? 0 }) {
            [weak self] bytes in
            guard let self, self.registration != nil else { return }
            self.outgoing += bytes
            self.flush()
        }
        self.stream = stream
        start(stream)
        settle()
    }

    private func flush() {
        while sent < outgoing.count {
            let count = outgoing.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor.number, UnsafeRawBufferPointer(rebasing: bytes[sent...]).baseAddress,
                    bytes.count - sent, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { return close() }
                break
            }
            sent += count
            stopTimer()
        }
        if sent == outgoing.count {
            outgoing = []
            sent = 0
            if closesWhenSent && !isBusy && stream == nil { return close() }
            stream?.drained()
            if stream == nil && parser.isMidway && !isBusy { loop.after(.zero) { [weak self] in self?.answerNext() } }
        } else if sent > 64 << 10 {
            outgoing.removeFirst(sent)
            sent = 0
        }
        settle()
    }

    /// Watches for what is wanted next, and limits how long it may take.
    private func settle() {
        guard let registration else { return }
        let isSending = !outgoing.isEmpty
        var wanted: EventLoop.Readiness = isSending ? .writable : []
        if !inputEnded && !isBusy && (stream != nil || !isSending) && (stream != nil || !closesWhenSent) {
            wanted.insert(.readable)
        }
        try? loop.change(registration, to: wanted)
        let isWaitedFor = stream == nil && !isBusy && (isSending || parser.isMidway)
        if !isWaitedFor {
            stopTimer()
        } else if timer == nil {
            timer = loop.after(Self.patience) { [weak self] in self?.expire() }
        }
    }

    private func expire() {
        timer = nil
        guard outgoing.isEmpty, parser.isMidway else { return close() }
        refuse(.problem(408, "the request did not arrive within 10 s", remedy: "send it at once"))
    }

    private func stopTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
