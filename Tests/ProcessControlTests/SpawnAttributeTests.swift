import Glibc
import Testing

@testable import ProcessControl

@Suite("A spawned process's attributes")
struct SpawnAttributeTests {
    @Test("place further descriptors at their own numbers, and nothing between")
    func placed() throws {
        let pipe = try Pipe().ends()
        defer {
            close(pipe.reading)
            close(pipe.writing)
        }
        // A stranger without close-on-exec stands where a gap will be.
        let stray = dup(pipe.reading)
        defer { close(stray) }
        let run = try ChildRun.shell(
            // A pattern would open the folder, and so a descriptor.
            "for n in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$n ] && printf '%s ' $n; done; echo hello >&9"
        ) {
            $0.placed = [.init(descriptor: pipe.writing, at: 9)]
        }
        #expect(run.output == "0 1 2 9 ", "\(run.output)")
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(pipe.reading, &buffer, buffer.count)
        #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self) == "hello\n")
    }

    @Test("refuse a descriptor's number that is out of reach")
    func placedTooFar() {
        var request = SpawnRequest("/bin/true")
        request.placed = [.init(descriptor: 0, at: 4096)]
        #expect(throws: SpawnError(step: .descriptors, code: EINVAL, subject: "/bin/true")) {
            _ = try Spawner.spawn(request)
        }
    }

    @Test("are its priority and that it gains no privileges")
    func priority() throws {
        let run = try ChildRun.shell("nice; grep NoNewPrivs /proc/self/status") {
            $0.nice = 7
            $0.noNewPrivileges = true
        }
        #expect(run.output == "7\nNoNewPrivs:\t1\n")
    }

    @Test("say which step failed where there is no such control group")
    func controlGroup() throws {
        let folder = try OwnedDescriptor.open("/dev", O_RDONLY | O_DIRECTORY)
        var request = SpawnRequest("/bin/true")
        request.controlGroup = folder.number
        #expect(throws: SpawnError(step: .controlGroup, code: ENOENT, subject: "/bin/true")) {
            _ = try Spawner.spawn(request)
        }
    }

    @Test("start without any signal blocked or ignored, though its parent blocks and ignores all that it can")
    func signals() throws {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let old = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, old) }
        let run = try ChildRun.shell("grep -E '^Sig(Blk|Ign)' /proc/$$/status | tr -s '\\t\\n' ' '")
        #expect(run.output == "SigBlk: 0000000000000000 SigIgn: 0000000000000000 ")
    }

    @Test("are limits by the names that people know")
    func resources() {
        #expect(ResourceName.number("nofile") == CInt(RLIMIT_NOFILE.rawValue))
        #expect(ResourceName.number("RLIMIT_CORE") == CInt(RLIMIT_CORE.rawValue))
        #expect(ResourceName.number("as") == CInt(RLIMIT_AS.rawValue))
        #expect(ResourceName.number("colour") == nil)
    }

    @Test("leave a program to be found along PATH")
    func search() throws {
        let folder = try TestFolder()
        let program = try folder.write("#!/bin/sh\n", to: "tool", mode: 0o700)
        #expect(ExecutableSearch.find("tool", path: "/nonexistent:\(folder.path)") == program)
        #expect(ExecutableSearch.find("tool", path: "/nonexistent") == nil)
        #expect(ExecutableSearch.find("./tool", path: "") == "./tool")
        #expect(ExecutableSearch.find("", path: folder.path) == nil)
    }
}
