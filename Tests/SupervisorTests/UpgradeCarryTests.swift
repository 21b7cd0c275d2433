import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("What an upgrade carries over", .serialized)
struct UpgradeCarryTests {
    private func upgrade(_ run: BlackBoxRun) throws {
        let upgrade = try run.run(["upgrade", BinaryRun.binary])
        #expect(upgrade.status == .code(0), "\(upgrade.output) \(run.output.suffix(2000))")
    }

    private func count(_ words: String, _ run: BlackBoxRun) -> Int {
        run.output.split(separator: "\n").count { $0.contains(words) }
    }

    @Test("is how healthy a process is: one that was told to be unhealthy is told to have recovered")
    func health() throws {
        let run = try BlackBoxRun(
            """
              sick:
                cmd: [/bin/sleep, '1000']
                health: {exec: [test, -e, FOLDER/well], period: 100ms, threshold: 2, on_failure: ignore}
            """)
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { run.output.contains("sick[1] is unhealthy") }, "\(run.output)")
        try upgrade(run)
        try run.write("well", "")
        #expect(run.wait { run.output.contains("sick[1] is healthy again") }, "\(run.output)")
        #expect(count("is unhealthy", run) == 1)
        #expect(run.end() == .code(0))
    }

    @Test("is that cron's jobs at the start have run, and a start that is under way, which goes on")
    func starting() throws {
        let run = try BlackBoxRun(
            """
              task: {cmd: [/bin/sh, -c, 'while ! test -e FOLDER/go; do sleep 0.02; done'], oneshot: true}
              web: {cmd: [/bin/sleep, '1000'], requires: {task: completed}}
            plugins:
              clock: {use: cron, settings: {jobs: {boot: {schedule: "@reboot", run: "echo booted >> FOLDER/boot"}}}}
            """)
        try run.launch()
        #expect(run.wait { run.lines("boot").count == 1 && run.output.contains("is due") }, "\(run.output)")
        try upgrade(run)
        #expect(!run.output.contains("everything is ready"))
        try run.write("go", "")
        #expect(run.wait { run.output.contains("everything is ready") }, "\(run.output)")
        #expect(run.lines("boot").count == 1)
        #expect(count("boot is due", run) == 1)
        #expect(run.end() == .code(0))
    }

    @Test("ends no check that hangs in the old program's hands: it is ended, and asked anew")
    func hangingCheck() throws {
        let run = try BlackBoxRun(
            """
              slow:
                cmd: [/bin/sleep, '1000']
                health: {exec: [/bin/sh, -c, 'echo $$ >> FOLDER/asked; exec sleep 1000'], timeout: 60s, on_failure: ignore}
            """)
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { run.lines("asked").count == 1 })
        try upgrade(run)
        #expect(run.wait { run.lines("asked").count == 2 }, "\(run.output)")
        let first = try #require(ProcessID(run.lines("asked")[0]))
        #expect(run.wait { !BlackBoxRun.isAlive(first) })
        #expect(run.end() == .code(0))
    }

    @Test("is a process's age: it is replaced when its time has come, counted from its own start")
    func age() throws {
        let run = try BlackBoxRun("  old: {cmd: [/bin/sleep, '1000'], max_age: 3s, max_age_variance: 0s}")
        let start = MonotonicTime.now
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { MonotonicTime.now.since(start) > .milliseconds(2500) })
        try upgrade(run)
        #expect(run.wait { run.output.contains("old[1] is replaced: it has reached its max_age") }, "\(run.output)")
        // Counted from the upgrade it would be 5.5 s and more.
        #expect(MonotonicTime.now.since(start) < .milliseconds(5400))
        #expect(run.end() == .code(0))
    }

    // MARK: On demand

    /// Takes one connection, says its pid, and ends.
    private static let once = """
        use Socket; open(my $l, "<&=", 3) or die; accept(my $c, $l) or die; syswrite($c, "$$\\n"); close $c; exit 0;
        """

    private func lazy(_ name: String) -> String {
        """
          \(name):
            cmd: [/usr/bin/perl, FOLDER/once.pl]
            on_demand: true
            respawn: on-failure
            sockets: [\(name)]

        """
    }

    private func ask(_ path: String) throws -> String {
        let number = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let client = OwnedDescriptor(adopting: number)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(client.number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw SystemError.last("connect to \(path)") }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(client.number, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("is whether somebody has to come first: what waits, what runs, and what has served go on so")
    func demand() throws {
        let run = try BlackBoxRun(
            lazy("asleep") + lazy("served"),
            other: "sockets: {asleep: {path: FOLDER/asleep}, served: {path: FOLDER/served}}")
        try run.write("once.pl", Self.once)
        #expect(try run.start(), "\(run.output)")
        #expect(try ask(run.path("served")).hasSuffix("\n"), "\(run.output)")
        #expect(run.wait { run.output.contains("served[1] is done") || run.output.contains("served[1] has") })
        try upgrade(run)
        for name in ["asleep", "served", "asleep"] {
            #expect(try ask(run.path(name)).hasSuffix("\n"), "\(name): \(run.output)")
        }
        #expect(run.end() == .code(0))
    }

    // MARK: Hooks

    @Test("is what hooks have been told; one that is under way is waited for")
    func hooks() throws {
        let hook = "[/bin/sh, -c, 'echo begin >> FOLDER/hook; sleep 1; echo end >> FOLDER/hook']"
        let run = try BlackBoxRun(
            "  hooked: {cmd: [/bin/sleep, '1000'], hooks: {after_start: \(hook), before_stop: \(hook)}}")
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { run.lines("hook") == ["begin"] })
        try upgrade(run)
        #expect(run.lines("hook") == ["begin", "end"], "\(run.output)")
        try upgrade(run)
        #expect(run.lines("hook") == ["begin", "end"], "\(run.output)")
        #expect(run.end() == .code(0))
        #expect(run.lines("hook") == ["begin", "end", "begin", "end"])
    }

    // MARK: Control groups

    private func group(of pid: ProcessID) -> String {
        (TextFile.read("/proc/\(pid)/cgroup") ?? "").split(separator: "\n").first { $0.hasPrefix("0::") }
            .map(String.init) ?? ""
    }

    @Test("is the control group: the next process enters the same, and nothing of it is left at the end")
    func controlGroup() throws {
        let run = try BlackBoxRun("  grouped: {cmd: [/bin/sh, -c, 'echo $$ >> FOLDER/pids; exec sleep 1000']}")
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { run.lines("pids").count == 1 })
        let first = try #require(ProcessID(run.lines("pids")[0]))
        let before = group(of: first)
        // Where no tree is ours to write, both are the supervisor's own.
        let isGrouped = before.contains("/dockmaster-\(run.pid)/grouped.")
        #expect(isGrouped || ControlGroups.ownFolder() == nil, "\(before)")
        try upgrade(run)
        #expect(try run.run(["restart", "grouped", "--wait"]).status == .code(0))
        #expect(run.wait { run.lines("pids").count == 2 })
        #expect(group(of: try #require(ProcessID(run.lines("pids")[1]))) == before)
        let folder = ControlGroups.ownFolder().map { "\($0)/dockmaster-\(run.pid)" }
        #expect(run.end() == .code(0))
        if let folder { #expect(access(folder, F_OK) != 0, "\(folder)") }
    }
}
