internal import Glibc
internal import ProcessControl

/// A worker that runs with `--check`: it reads a configuration, says on standard error what is wrong, and ends.
final class WorkerCheck {
    private static let patience: Duration = .seconds(15)
    private static let outputLimit = 64 << 10

    private let worker: String
    private let child: ChildProcess
    private let output: OwnedDescriptor
    private let deadline = MonotonicTime.now.advanced(by: patience)

    init(_ worker: String, file: String) throws {
        let ends = try Pipe().ends()
        output = OwnedDescriptor(adopting: ends.reading)
        let writing = OwnedDescriptor(adopting: ends.writing)
        var request = SpawnRequest(worker, ["--config", file, "--check"])
        request.output = writing.number
        request.error = writing.number
        self.worker = worker
        StrayEnds.expect()
        do {
            child = try Spawner.spawn(request)
        } catch {
            StrayEnds.expectNoMore()
            throw error
        }
    }

    deinit { StrayEnds.expectNoMore() }

    /// Waits for the end. Warnings are no problems.
    func problems() -> [String] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            guard wait(for: output.number) else {
                child.signal(SIGKILL)
                return ["\(worker) --check does not end within 15 s"]
            }
            let count = read(output.number, &buffer, buffer.count)
            if count == 0 { break }
            if count > 0, bytes.count < Self.outputLimit { bytes += buffer[..<count] }
        }
        if child.descriptor >= 0 { _ = wait(for: child.descriptor) }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("warning: ") }
        guard let status = end() else { return lines + ["\(worker) --check: how it ended cannot be found out"] }
        if status == .code(0) { return [] }
        return lines.isEmpty ? ["\(worker) --check failed without a word: \(status)"] : lines
    }

    /// How it ended, whoever reaped it: this thread, or the loop's reaper, which notes it a moment later.
    private func end() -> ExitStatus? {
        while true {
            if let status = child.reap() ?? StrayEnds.take(child.pid) { return status }
            guard MonotonicTime.now < deadline else { return nil }
            usleep(500)
        }
    }

    /// - Returns: false when nothing came before the deadline.
    private func wait(for descriptor: CInt) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = deadline.since(.now) / .milliseconds(1)
            guard left > 0 else { return false }
            let ready = poll(&entry, 1, CInt(left) + 1)
            if ready > 0 { return true }
            if ready == 0 || errno != EINTR { return false }
        }
    }
}
