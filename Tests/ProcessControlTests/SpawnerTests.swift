import Glibc
import Testing

@testable import ProcessControl

@Suite("The spawner")
struct SpawnerTests {
    // MARK: What goes wrong

    @Test("says that a program does not exist")
    func missing() {
        #expect(throws: SpawnError(step: .execute, code: ENOENT, subject: "/nonexistent/program")) {
            _ = try Spawner.spawn(SpawnRequest("/nonexistent/program"))
        }
    }

    @Test("says that a file may not be executed")
    func notExecutable() throws {
        let folder = try TestFolder()
        let path = try folder.write("#!/bin/sh\n", to: "script", mode: 0o600)
        #expect(throws: SpawnError(step: .execute, code: EACCES, subject: path)) {
            _ = try Spawner.spawn(SpawnRequest(path))
        }
    }

    @Test("says that a script has no interpreter line")
    func notAProgram() throws {
        let folder = try TestFolder()
        let path = try folder.write("echo hello\n", to: "script", mode: 0o700)
        #expect(throws: SpawnError(step: .execute, code: ENOEXEC, subject: path)) {
            _ = try Spawner.spawn(SpawnRequest(path))
        }
    }

    @Test("says that the working folder cannot be entered")
    func missingFolder() {
        var request = SpawnRequest("/bin/true")
        request.folder = "/nonexistent"
        #expect(throws: SpawnError(step: .folder, code: ENOENT, subject: "/nonexistent")) {
            _ = try Spawner.spawn(request)
        }
    }

    @Test("refuses a descriptor that is not open, at every place it may stand")
    func badDescriptor() {
        let expected = SpawnError(step: .descriptors, code: EBADF, subject: "/bin/true")
        var request = SpawnRequest("/bin/true")
        request.sockets = [.init(descriptor: 8_765, name: "x")]
        #expect(throws: expected) { _ = try Spawner.spawn(request) }
        request.sockets = []
        request.output = 8_765
        #expect(throws: expected) { _ = try Spawner.spawn(request) }
    }

    @Test("refuses more descriptors than it has room for")
    func tooManyDescriptors() {
        var request = SpawnRequest("/bin/true")
        request.sockets = (0..<300).map { _ in .init(descriptor: 0, name: "x") }
        #expect(throws: SpawnError(step: .descriptors, code: EINVAL, subject: "/bin/true")) {
            _ = try Spawner.spawn(request)
        }
    }

    @Test("refuses a limit that is impossible")
    func badLimit() {
        var request = SpawnRequest("/bin/true")
        request.limits = [.init(resource: 999, soft: 1, hard: 1)]
        #expect(throws: SpawnError(step: .limits, code: EINVAL, subject: "/bin/true")) {
            _ = try Spawner.spawn(request)
        }
    }

    @Test("leaves no descriptor and no zombie behind when a start fails")
    func noLeaks() throws {
        for _ in 0..<200 {
            #expect(throws: SpawnError.self) { _ = try Spawner.spawn(SpawnRequest("/nonexistent")) }
        }
        // Other tests have children meanwhile, but not two hundred, and theirs have become other programs.
        let pidfds = ProcessTable.entries(of: "/proc/self/fd").filter {
            SymbolicLink.target("/proc/self/fd/\($0)") == "anon_inode:[pidfd]"
        }
        #expect(pidfds.count < 150)
        let own = ProcessTable.name(of: getpid())
        #expect(ProcessTable.children().count { ProcessTable.name(of: $0) == own } < 150)
    }

    // MARK: What the child gets

    @Test("passes sockets on from descriptor 3, with the child's own pid")
    func sockets() throws {
        let first = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        let second = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        let run = try ChildRun.shell(
            "echo $LISTEN_PID = $$ $LISTEN_FDS $LISTEN_FDNAMES; readlink /proc/$$/fd/3 /proc/$$/fd/4; ls /proc/$$/fd"
        ) {
            // In the wrong order and with a number that is itself a target.
            $0.sockets = [
                .init(descriptor: second.descriptor, name: "https"), .init(descriptor: first.descriptor, name: "http"),
            ]
        }
        let lines = run.output.split(separator: "\n")
        try #require(lines.count >= 3)
        #expect(lines[0] == "\(run.pid) = \(run.pid) 2 https:http")
        #expect(lines[1].hasPrefix("socket:") && lines[2].hasPrefix("socket:") && lines[1] != lines[2])
        // 0 to 4 and nothing else, whatever the parent has open.
        #expect(Array(lines.dropFirst(3)) == ["0", "1", "2", "3", "4"])
    }

    @Test("starts the child with default signals and an empty mask, whatever the parent does with its own")
    func signals() throws {
        SignalStream.ignoreBrokenPipes()
        let run = try ChildRun.shell("grep -E '^Sig(Blk|Ign)' /proc/$$/status | tr -s '\\t\\n' ' '")
        #expect(run.output == "SigBlk: 0000000000000000 SigIgn: 0000000000000000 ")
    }

    @Test("gives the child a session and a process group of its own")
    func session() throws {
        let run = try ChildRun.shell("cut -d' ' -f1,5,6 /proc/$$/stat")
        #expect(run.output == "\(run.pid) \(run.pid) \(run.pid)\n")
    }

    @Test("gives exactly the environment, folder, umask and limits that were asked for")
    func surroundings() throws {
        let run = try ChildRun.shell("pwd; umask; ulimit -n; env | grep -v -E '^(PWD|SHLVL|_|OLDPWD|PATH)='") {
            $0.folder = "/usr"
            $0.fileMask = 0o027
            $0.limits = [.init(resource: CInt(RLIMIT_NOFILE.rawValue), soft: 77, hard: 99)]
            $0.environment["ONLY"] = "this = that"
            $0.environment["LISTEN_FDS"] = "9"
        }
        #expect(run.output == "/usr\n0027\n77\nONLY=this = that\n")
    }

    @Test("changes user, group and supplementary groups, or says that it may not")
    func identity() throws {
        let request: (inout SpawnRequest) -> Void = { $0.identity = .init(user: 65534, group: 65533, groups: [65532]) }
        if geteuid() == 0 {
            let run = try ChildRun.shell("id -u; id -g; id -G", request)
            #expect(run.output == "65534\n65533\n65533 65532\n")
        } else {
            #expect(throws: SpawnError(step: .groups, code: EPERM, subject: "/bin/sh")) {
                try ChildRun.shell("true", request)
            }
        }
    }

    @Test("reports codes and signals as they are", arguments: [0, 1, 2, 77, 78, 126, 127, 255])
    func exitCodes(code: Int) throws {
        #expect(try ChildRun.shell("exit \(code)").status == .code(CInt(code)))
    }

    @Test("reports the signal that ended a child")
    func deathBySignal() throws {
        let run = try ChildRun.shell("kill -SEGV $$")
        #expect(run.status == ExitStatus.signal(SIGSEGV))
        #expect(run.status.description == "SIGSEGV")
    }

    @Test("signals a child through its descriptor, never somebody who got its number")
    func signalling() throws {
        let child = try Spawner.spawn(SpawnRequest("/bin/sleep", ["60"]))
        #expect(child.signal(SIGTERM))
        while child.reap() == nil { usleep(1000) }
        #expect(!child.signal(SIGTERM))
    }
}
