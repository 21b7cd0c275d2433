internal import Glibc
internal import ProcessControl

/// A program that has been started, with its standard input, output and error. For a thread that may block; one at a time.
///
/// - Ends with its owner: `deinit` kills what is left of its process group.
/// - Sendable although it changes: it has one owner, who hands it on and keeps no reference.
final class RunningCommand: @unchecked Sendable {
    /// What of its error output is kept, in bytes; and what of its first line is logged.
    private static let complaintLimit = 4_096
    private static let wordLimit = 512

    private let child: ChildProcess
    private var input: OwnedDescriptor?
    private let output: OwnedDescriptor
    private let errors: OwnedDescriptor
    private var status: ExitStatus?
    /// What it said and nobody has taken yet.
    private(set) var said: [UInt8] = []
    private var complaint: [UInt8] = []

    init(_ settings: CommandSettings) throws(BackendFailure) {
        do {
            let input = try Pipe().ends()
            let inputReading = OwnedDescriptor(adopting: input.reading)
            let inputWriting = OwnedDescriptor(adopting: input.writing)
            let output = try Pipe().ends()
            let outputWriting = OwnedDescriptor(adopting: output.writing)
            self.output = OwnedDescriptor(adopting: output.reading)
            let errors = try Pipe().ends()
            let errorsWriting = OwnedDescriptor(adopting: errors.writing)
            self.errors = OwnedDescriptor(adopting: errors.reading)
            // The program's end waits, ours does not.
            _ = fcntl(inputReading.number, F_SETFL, 0)
            _ = fcntl(inputWriting.number, F_SETFL, O_NONBLOCK)
            var request = settings.request
            request.input = inputReading.number
            request.output = outputWriting.number
            request.error = errorsWriting.number
            child = try Spawner.spawn(request)
            self.input = consume inputWriting
        } catch let error as SpawnError {
            throw BackendFailure(problem: "\(error)", isOutage: error.step == .clone)
        } catch let error as SystemError {
            throw BackendFailure(problem: "\(error)", isOutage: true)
        } catch {
            throw BackendFailure(problem: "cannot start \(settings.path)", isOutage: false)
        }
    }

    deinit {
        // It leads its group, and is not reaped yet: the number cannot have been reused.
        guard status == nil else { return }
        child.signalGroup(SIGKILL)
        child.signal(SIGKILL)
        while child.reap() == nil {
            var ended = pollfd(fd: child.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&ended, 1, child.descriptor >= 0 ? 1_000 : 10)
        }
    }

    /// The first line of its error output, for the log; without the words that must not be there.
    func words(without secret: [UInt8]) -> String {
        let line = complaint.prefix { $0 != 0x0A }
        // Of a line that was cut nobody knows what stands at its end.
        guard !line.isEmpty, secret.isEmpty || line.count < Self.complaintLimit else { return "" }
        if !secret.isEmpty, line.firstRange(of: secret) != nil { return " (its message holds the password)" }
        return ": " + String(decoding: line.prefix(Self.wordLimit), as: UTF8.self).filter { !$0.isNewline }
    }

    /// Writes everything, closes its input, and waits for its end. What it says is read meanwhile, and kept in `said`.
    /// - Throws: late, or it says too much; then it is killed.
    func finish(writing bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(BackendFailure) -> ExitStatus {
        var rest = bytes[...]
        while true {
            if rest.isEmpty { input = nil }
            if let status = try step(&rest, until: deadline) { return status }
        }
    }

    /// Writes a line and waits for the line that answers it.
    /// - Throws: late, it says too much, or it ended: `isOutage` then, and another process may do better.
    func exchange(_ line: [UInt8], until deadline: ContinuousClock.Instant) throws(BackendFailure) -> [UInt8] {
        if !isSilent { isSilent = !drain(output.number, into: &said) }
        guard said.isEmpty else {
            throw BackendFailure(problem: "it writes more than one line for a question", isOutage: true)
        }
        var rest = (line + [0x0A])[...]
        while true {
            if rest.isEmpty || status != nil, let end = said.firstIndex(of: 0x0A) {
                let answer = Array(said[..<end])
                said.removeFirst(end + 1)
                return answer
            }
            if let status = try step(&rest, until: deadline), !said.contains(0x0A) {
                throw BackendFailure(problem: "it ended with \(status)", isOutage: true)
            }
        }
    }

    /// Waits for one thing to happen.
    /// - Returns: how it ended, when it has.
    private func step(
        _ rest: inout ArraySlice<UInt8>, until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> ExitStatus? {
        if let status { return status }
        let left = ContinuousClock.now.duration(to: deadline).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { throw .late }
        let milliseconds = min(left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1, 600_000)
        let writes = !rest.isEmpty
        var waits = [
            pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: child.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: writes ? inputNumber : -1, events: Int16(POLLOUT), revents: 0),
        ]
        // One that has closed its output is waited for by its end alone.
        if isSilent { waits[0].fd = -1 }
        if isMute { waits[1].fd = -1 }
        let pause = child.descriptor >= 0 ? CInt(milliseconds) : min(CInt(milliseconds), 20)
        guard poll(&waits, nfds_t(waits.count), pause) >= 0 || errno == EINTR else {
            throw BackendFailure(problem: "cannot wait for a program: \(SystemError.last("poll"))", isOutage: true)
        }
        if waits[0].revents != 0 { isSilent = !drain(output.number, into: &said) }
        if waits[1].revents != 0 { isMute = !drain(errors.number, into: &complaint) }
        if complaint.count > Self.complaintLimit { complaint.removeLast(complaint.count - Self.complaintLimit) }
        guard said.count <= CommandSettings.outputLimit else {
            throw BackendFailure(problem: "it says more than \(CommandSettings.outputLimit >> 10) KiB", isOutage: false)
        }
        if waits[3].revents != 0 {
            let written = rest.withUnsafeBytes { write(inputNumber, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EAGAIN, errno != EINTR {
                // It does not want to hear more.
                rest = []
            }
        }
        if child.descriptor < 0 || waits[2].revents != 0 { return collect() }
        return nil
    }

    private var inputNumber: CInt { input?.number ?? -1 }
    private var isSilent = false
    private var isMute = false

    /// Takes the status of a process that has ended, with the last that it said, and ends what it left behind.
    private func collect() -> ExitStatus? {
        if child.descriptor >= 0 { child.signalGroup(SIGKILL) }
        guard let ended = child.reap() else { return nil }
        status = ended
        if !isSilent { _ = drain(output.number, into: &said) }
        if !isMute { _ = drain(errors.number, into: &complaint) }
        return ended
    }

    /// Reads what is there.
    /// - Returns: false when the other end is closed.
    private func drain(_ descriptor: CInt, into bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 8192)
        while bytes.count <= CommandSettings.outputLimit {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 }
            bytes += chunk[..<count]
        }
        return true
    }
}
