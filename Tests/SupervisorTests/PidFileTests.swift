import ProcessControl
import Testing

@testable import Supervisor

@Suite("The pid file")
struct PidFileTests {
    @Test("names the supervisor while it runs, and goes with it")
    func life() throws {
        let run = try BinaryRun()
        let path = "\(run.folder.path)/dockmaster.pid"
        try run.configure(
            "bundle: false\nsupervisor: {pidfile: \(path)}\nwatchers: {idle: {cmd: [sleep, \"1000\"]}}\n")
        try #require(try run.start(), "\(run.output)")
        #expect(TextFile.read(path) == "\(run.child?.pid ?? 0)\n")
        #expect(run.end(15) == .code(0))
        #expect(TextFile.read(path) == nil)
    }
}
