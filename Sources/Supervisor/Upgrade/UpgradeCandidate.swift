internal import Glibc
internal import ProcessControl

/// A program that is to take the supervisor's place: asked first whether it can.
enum UpgradeCandidate {
    /// What `dockmaster version --upgrade-protocol` says when it can read the state on its standard input.
    static func answer(_ number: Int) -> String { "upgrade-protocol \(number)" }

    private static let patience: CInt = 15_000

    /// Runs the program with this state on its standard input; it starts nothing.
    /// - Blocks: until it has answered, 15 s at most. Not for the loop's thread.
    static func check(_ path: String, state: CInt) throws(Refusal) {
        let ends: (reading: CInt, writing: CInt)
        do throws(SystemError) {
            ends = try Pipe().ends()
        } catch {
            throw refusal(path, "\(error)")
        }
        let output = OwnedDescriptor(adopting: ends.reading)
        let child = try start(path, state: state, output: OwnedDescriptor(adopting: ends.writing))
        let deadline = MonotonicTime.now.advanced(by: .milliseconds(Int(patience)))
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entry = pollfd(fd: output.number, events: Int16(POLLIN), revents: 0)
            guard MonotonicTime.now < deadline else {
                child.signalGroup(SIGKILL)
                throw refusal(path, "it did not answer within 15 s")
            }
            guard poll(&entry, 1, 1000) > 0 else { continue }
            let count = read(output.number, &buffer, buffer.count)
            if count == 0 { break }
            if count > 0, said.count < 65536 { said += buffer[..<count] }
        }
        _ = child.reap()
        let lines = String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.contains(answer(UpgradeState.protocolNumber)) else {
            throw refusal(path, lines.first.map { "it says: \($0)" } ?? "it says nothing")
        }
    }

    private static func start(
        _ path: String, state: CInt, output: consuming OwnedDescriptor
    ) throws(Refusal) -> ChildProcess {
        var request = SpawnRequest(path, ["version", "--upgrade-protocol"])
        request.environment = ["PATH": "/usr/bin:/bin"]
        request.input = state
        request.output = output.number
        request.error = output.number
        do throws(SpawnError) {
            return try Spawner.spawn(request)
        } catch {
            throw refusal(path, "\(error)")
        }
    }

    private static func refusal(_ path: String, _ reason: String) -> Refusal {
        Refusal(problems: ["\(path) cannot take over: \(reason). Nothing has changed; restart dockmaster instead."])
    }
}
