import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("A supervisor, seen from outside", .serialized)
struct BlackBoxLifeTests {
    // MARK: Orphans

    private static let orphans = """
          parent:
            cmd:
              - /usr/bin/perl
              - -e
              - |
                for (1..1000) { my $p = fork; if (!$p) { if (!fork) { select(undef, undef, undef, rand(0.3)) } exit 0 }
                  waitpid($p, 0) }
                open(F, ">", "FOLDER/done"); close F;
                sleep 1 while 1;
        """

    @Test("reaps a thousand orphans of double forks, as subreaper and as PID 1", arguments: [false, true])
    func orphans(asInit: Bool) throws {
        // Without root there are no new PID namespaces: the first case stands for both.
        let wrapper = asInit && geteuid() == 0 ? ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"] : []
        let run = try BlackBoxRun(Self.orphans)
        #expect(try run.start(wrapper: wrapper), "\(run.output)")
        let supervisor = wrapper.isEmpty ? run.pid : BlackBoxRun.children(of: run.pid).first ?? -1
        #expect(run.wait { access(run.path("done"), F_OK) == 0 })
        // No child is left but the watcher's own process: no orphan, no zombie.
        #expect(run.wait(.seconds(10)) { BlackBoxRun.children(of: supervisor).count == 1 })
        kill(supervisor, SIGTERM)
        #expect(run.end(nil) == .code(0), "\(run.output)")
        #expect(!BlackBoxRun.isAlive(supervisor))
    }

    // MARK: Signals

    @Test("is neither ended by USR1, USR2 or WINCH nor passes them on, as PID 1 or not", arguments: [false, true])
    func signals(asInit: Bool) throws {
        let wrapper = asInit && geteuid() == 0 ? ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"] : []
        let run = try BlackBoxRun(
            """
              hearing:
                cmd: [/usr/bin/perl, -e, '$SIG{$_} = sub { open(F, ">>", "FOLDER/heard"); print F "@_\\n"; close F } for qw(USR1 USR2 WINCH); open(F, ">", "FOLDER/up"); sleep 1 while 1']
            """)
        #expect(try run.start(wrapper: wrapper), "\(run.output)")
        let supervisor = wrapper.isEmpty ? run.pid : BlackBoxRun.children(of: run.pid).first ?? -1
        #expect(run.wait { access(run.path("up"), F_OK) == 0 })
        for signal in [SIGUSR1, SIGUSR2, SIGWINCH] { #expect(kill(supervisor, signal) == 0) }
        #expect(run.wait { run.output.contains("USR1 means nothing") && run.output.contains("USR2 means nothing") })
        // The way to a service, which also shows that it hears.
        #expect(try run.run(["signal", "hearing", "USR2"]).status == .code(0), "\(run.output)")
        #expect(run.wait { run.lines("heard") == ["USR2"] }, "\(run.lines("heard"))")
        kill(supervisor, SIGTERM)
        #expect(run.end(nil) == .code(0), "\(run.output)")
    }

    @Test("hears READY=1 from a process of another user, and from nobody who is not its own")
    func notify() throws {
        // Without root there are no other users: then it is the same one.
        let user = geteuid() == 0 ? "uid: nobody, " : ""
        let talker =
            "use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); $n = $ENV{NOTIFY_SOCKET}; "
            + "open(F, \">\", \"FOLDER/where\"); print F $n; close F; "
            + "send(S, \"READY=1\", 0, pack_sockaddr_un($n)) or die $!; sleep 1 while 1"
        let run = try BlackBoxRun(
            """
              talker: {cmd: [/usr/bin/perl, -e, '\(talker)'], \(user)ready: notify}
              silent: {cmd: [/bin/sleep, '1000'], \(user)ready: notify}
            """)
        // Whoever is nobody must be able to come here at all.
        #expect(chmod(run.folder.path, 0o733) == 0)
        try run.launch()
        #expect(run.wait { run.output.contains("talker[1] is ready") }, "\(run.output)")
        #expect(ServiceRun.mode(run.path("run")) & 0o077 == (geteuid() == 0 ? 0o011 : 0))
        // The kernel says who this is: no process of a watcher.
        let stranger = try Spawner.spawn(
            SpawnRequest(
                "/usr/bin/perl",
                [
                    "-MSocket", "-e",
                    "socket(S, AF_UNIX, SOCK_DGRAM, 0); send(S, 'READY=1', 0, pack_sockaddr_un($ARGV[0])) or die $!",
                    run.path("run/notify.sock"),
                ], environment: ChildEnvironment.inherited()))
        var status: BlackBoxRun.End?
        #expect(
            run.wait {
                status = stranger.reap()
                return status != nil
            })
        #expect(status == .code(0))
        // Answered after the message has been read: the loop takes one thing after the other.
        #expect(try run.run(["status", "silent"]).output.contains("starting"), "\(run.output)")
        #expect(!run.output.contains("silent[1] is ready"))
        #expect(run.end() == .code(0), "\(run.output)")
    }

    // MARK: Configurations

    @Test("refuses a cycle of waits by its names, before anything starts")
    func cycle() throws {
        func watcher(_ name: String, _ after: String) -> String {
            "  \(name): {cmd: [/bin/sh, -c, 'touch FOLDER/started'], after: [\(after)]}\n"
        }
        let run = try BlackBoxRun(watcher("one", "two") + watcher("two", "three") + watcher("three", "one"))
        try run.launch()
        #expect(run.end(nil) == .code(78), "\(run.output)")
        #expect(run.output.contains("one → two → three → one"), "\(run.output)")
        #expect(access(run.path("started"), F_OK) != 0)
        let check = try run.run(["check", "--config", run.path("dockmaster.yaml")])
        #expect(check.status == .code(78), "\(check.output)")
        #expect(check.output.contains("one → two → three → one"))
    }

    @Test("scales at a reload without touching any other process")
    func scale() throws {
        func watchers(_ count: Int) -> String {
            """
              crowd: {cmd: [/bin/sh, -c, 'echo $$ >> FOLDER/crowd; exec sleep 1000'], numprocesses: \(count)}
              other: {cmd: [/bin/sh, -c, 'echo $$ >> FOLDER/other; exec sleep 1000']}
            """
        }
        let run = try BlackBoxRun(watchers(2))
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { run.lines("crowd").count == 2 && run.lines("other").count == 1 })
        let first = run.lines("crowd").compactMap { ProcessID($0) }
        let other = run.lines("other").compactMap { ProcessID($0) }

        try run.configure(watchers(5))
        run.child?.signal(SIGHUP)
        #expect(run.wait { run.lines("crowd").count == 5 }, "\(run.output)")
        #expect(run.wait { run.output.contains("crowd: scale 2 → 5") }, "\(run.output)")
        #expect((first + other).allSatisfy(BlackBoxRun.isAlive))

        try run.configure(watchers(1))
        run.child?.signal(SIGHUP)
        #expect(run.wait { run.output.contains("crowd: scale 5 → 1") }, "\(run.output)")
        let all = run.lines("crowd").compactMap { ProcessID($0) }
        #expect(run.wait { all.filter(BlackBoxRun.isAlive).count == 1 }, "\(run.output)")
        #expect(all.count == 5 && run.lines("other").count == 1)
        #expect(BlackBoxRun.isAlive(other[0]))
        #expect(run.end() == .code(0))
    }

    // MARK: Logs

    /// What a program may write: bytes that are no UTF-8, the formats of careless loggers, a line of a mebibyte.
    private static let script = """
        $| = 1; binmode STDOUT;
        print "\\xff\\xfe caf\\xe9 \\x80\\n", "%s%n%d %%\\n", "a" x (1 << 20), "\\n", "\\x1b[31mred\\x1b[0m\\ttab\\r\\n", "\\n";
        print "without an end";
        open(F, ">", "FOLDER/written"); close F;
        sleep 1 while 1;
        """

    @Test("keeps every byte of what a process writes, and every line whole")
    func bytes() throws {
        let run = try BlackBoxRun("  talker: {cmd: [/usr/bin/perl, FOLDER/talker.pl]}")
        try run.write("talker.pl", Self.script.replacing("FOLDER", with: run.folder.path))
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { access(run.path("written"), F_OK) == 0 })
        #expect(run.end() == .code(0))
        var expected: [UInt8] = [0xff, 0xfe] + Array(" caf".utf8) + [0xe9, 0x20, 0x80, 0x0a]
        expected += Array("%s%n%d %%\n".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        expected += Array("\n\u{1b}[31mred\u{1b}[0m\ttab\r\n\nwithout an end".utf8)
        let found = try bytes(of: run.path("logs/talker/talker.log"))
        // An end that the process did not write may stand after its last line.
        #expect(found.prefix(expected.count).elementsEqual(expected), "\(found.count) bytes of \(expected.count)")
        #expect(found.dropFirst(expected.count).allSatisfy { $0 == 0x0a })
    }

    private func bytes(of path: String) throws -> [UInt8] {
        let file = try OwnedDescriptor.open(path, O_RDONLY)
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file.number, &buffer, buffer.count)
            guard count > 0 else { return result }
            result += buffer[..<count]
        }
    }
}
