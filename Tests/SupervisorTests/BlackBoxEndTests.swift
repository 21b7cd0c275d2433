import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("The end of a process that matters", .serialized)
struct BlackBoxEndTests {
    /// Runs dockmaster for each of the scripts, eight at a time, until each has ended by itself.
    private func ends(of scripts: [String]) throws -> [BlackBoxRun.End?] {
        var results = [BlackBoxRun.End?](repeating: nil, count: scripts.count)
        var running: [(index: Int, run: BlackBoxRun)] = []
        var next = 0
        let deadline = MonotonicTime.now.advanced(by: .seconds(120))
        while next < scripts.count || !running.isEmpty, MonotonicTime.now < deadline {
            while running.count < 8, next < scripts.count {
                let run = try BlackBoxRun("  main: {cmd: [/bin/sh, -c, '\(scripts[next])'], on_exit: shutdown}")
                try run.launch()
                running.append((next, run))
                next += 1
            }
            running.removeAll { entry in
                guard let status = entry.run.end(nil, within: .zero) else { return false }
                results[entry.index] = status
                return true
            }
            usleep(1000)
        }
        return results
    }

    @Test("is the supervisor's own end: every exit code from 0 to 255")
    func codes() throws {
        let results = try ends(of: (0...255).map { "exit \($0)" })
        for (code, status) in results.enumerated() { #expect(status == .code(CInt(code))) }
    }

    @Test("is the supervisor's own end: a signal is told as 128 and its number")
    func signals() throws {
        let signals = [SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGSEGV, SIGTERM, SIGALRM]
        let results = try ends(of: signals.map { "kill -\($0) $$" })
        for (signal, status) in zip(signals, results) { #expect(status == .code(128 + signal)) }
    }

    @Test("is not the supervisor's when it is told to stop, nor when the process is only asked to")
    func asked() throws {
        let run = try BlackBoxRun(
            "  main: {cmd: [/bin/sh, -c, 'trap \"exit 7\" TERM; while :; do sleep 0.05; done'], on_exit: shutdown}")
        #expect(try run.start(), "\(run.output)")
        #expect(run.end(SIGTERM) == .code(0))
    }

    @Test("is as it should be, however many further signals come meanwhile")
    func impatience() throws {
        for _ in 0..<20 {
            let run = try BlackBoxRun("  main: {cmd: [/bin/sleep, '1000']}")
            #expect(try run.start(), "\(run.output)")
            var status = run.end(SIGTERM, within: .zero)
            let deadline = MonotonicTime.now.advanced(by: .seconds(10))
            while status == nil, MonotonicTime.now < deadline { status = run.end(SIGTERM, within: .zero) }
            #expect(status == .code(0), "\(run.output)")
        }
    }
}
