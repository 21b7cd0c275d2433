import Glibc

@testable import ProcessControl

/// Runs a program to its end and keeps what it printed.
struct ChildRun {
    let status: ExitStatus
    let output: String
    let pid: ProcessID

    /// - Parameter change: what differs from a plain run with stdout and stderr in a pipe.
    init(_ executable: String, _ arguments: [String], _ change: (inout SpawnRequest) -> Void = { _ in }) throws {
        let pipe = try Pipe().ends()
        var request = SpawnRequest(executable, arguments, environment: ["PATH": "/usr/bin:/bin"])
        request.output = pipe.writing
        request.error = pipe.writing
        change(&request)
        let spawned = Result { () throws(SpawnError) in try Spawner.spawn(request) }
        close(pipe.writing)
        defer { close(pipe.reading) }
        let child = try spawned.get()
        pid = child.pid

        let loop = try EventLoop()
        let reaper = Reaper(loop: loop, adoptsOrphans: false)
        var ended: ExitStatus?
        reaper.expect(child) { ended = $0 }
        let deadline = MonotonicTime.now.advanced(by: .seconds(20))
        while ended == nil && MonotonicTime.now < deadline { try loop.turn(waiting: .seconds(1)) }
        if ended == nil { child.signalGroup(SIGKILL) }
        status = ended ?? .signal(SIGKILL)

        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(pipe.reading, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        output = String(decoding: bytes, as: UTF8.self)
    }

    static func shell(_ script: String, _ change: (inout SpawnRequest) -> Void = { _ in }) throws -> ChildRun {
        try ChildRun("/bin/sh", ["-c", script], change)
    }
}
