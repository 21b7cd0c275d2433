import Glibc
import ProcessControl
import Testing

@testable import Supervisor

/// Faults of the kernel, injected by strace into the real binary, or made by limits and full disks.
/// - The spawner's clone shares memory and suspends its parent (CLONE_VM, CLONE_VFORK): strace follows the child (-f),
///   and a refused clone never makes one. Threads are made by clone3, and processes too where they get a control group.
@Suite("A supervisor that the system lets down", .serialized)
struct FaultySystemTests {
    /// -D: strace runs beside the supervisor, which stays our own child and gets our signals.
    private static func strace(_ call: String, _ inject: String, _ more: [String] = []) -> [String] {
        ["/usr/bin/strace", "-D", "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):\(inject)"]
            + more
    }

    /// Two starts are refused; the one before them (the neighbour, which comes first by its priority) is not.
    private static let second = "  troubled: {cmd: [/bin/sleep, '1000'], priority: -1, \(BareRun.patient)}"

    @Test("by refusing a fork says so, waits and tries again")
    func fork() throws {
        let run = try BareRun(Self.second)
        // Before them clone3 has made the log's thread.
        let refuse = Self.strace(
            "clone,clone3", "error=EAGAIN:when=3..4", ["-e", "inject=clone:error=EAGAIN:when=2..3"])
        #expect(try run.start(wrapper: refuse), "\(run.output)")
        #expect(run.says("everything is ready"), "\(run.output)")
        let refusal = "troubled[1] did not start: cannot fork: process limit reached; raise pids.max"
        #expect(run.output.contains(refusal), "\(run.output)")
        #expect(run.output.contains("troubled[3] is ready"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0))
    }

    @Test("by refusing clone3 starts processes all the same, in their control groups where there are such")
    func clone3() throws {
        let run = try BareRun("  other: {cmd: [/bin/sleep, '1000']}")
        #expect(try run.start(wrapper: Self.strace("clone3", "error=ENOSYS")), "\(run.output)")
        #expect(run.says("everything is ready"), "\(run.output)")
        if ControlGroups.ownFolder() != nil {
            let pid = run.read("neighbour").filter { !$0.isNewline }
            #expect(TextFile.read("/proc/\(pid)/cgroup")?.contains("/neighbour.") == true)
        }
        #expect(run.end() == .code(0))
    }

    @Test("by refusing a pipe says so, waits and tries again")
    func pipe() throws {
        let run = try BareRun(Self.second)
        #expect(try run.start(wrapper: Self.strace("pipe2", "error=EMFILE:when=2..3")), "\(run.output)")
        #expect(run.says("everything is ready"), "\(run.output)")
        #expect(run.output.contains("cannot make a pipe: Too many open files; raise the limit"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0))
    }

    @Test("by refusing to watch a pipe leaves no process that waits for ever on a pipe that nobody reads")
    func epoll() throws {
        // The log's own epoll: a watched pipe is the last call for each start there.
        let run = try BareRun("  troubled: {cmd: [/bin/sh, -c, \"echo hello; exec sleep 1000\"], \(BareRun.patient)}")
        #expect(try run.start(wrapper: Self.strace("epoll_ctl", "error=ENOSPC:when=7..8")), "\(run.output)")
        #expect(run.says("everything is ready"), "\(run.output)")
        #expect(run.end() == .code(0))
    }

    @Test("by refusing connections to its control socket answers later ones")
    func accept() throws {
        let run = try BareRun("  other: {cmd: [/bin/sleep, '1000']}")
        #expect(try run.start(wrapper: Self.strace("accept4", "error=EMFILE:when=1..3")), "\(run.output)")
        #expect(run.says("everything is ready"), "\(run.output)")
        let status = try run.run(["status"])
        #expect(status.status == .code(0), "\(status.output)")
        #expect(run.says("Too many open files"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
    }

    @Test("by a full log disk says so, holds nobody up, and tells how much was lost once there is room")
    func fullDisk() throws {
        let chatter =
            "while :; do echo 'a line for the log, again and again'; [ -e FOLDER/enough ] && rm -f FOLDER/logs/troubled/filler; sleep 0.01; done"
        let run = try BareRun("  troubled: {cmd: [/bin/sh, -c, \"\(chatter)\"]}")
        let mount = """
            mkdir -p \(run.path("logs/troubled")) && mount -t tmpfs -o size=64k tmpfs \(run.path("logs/troubled")) && \
            head -c 60000 /dev/zero >\(run.path("logs/troubled/filler")); exec "$@"
            """
        #expect(try run.start(wrapper: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", mount, "sh"]), "\(run.output)")
        #expect(run.says("troubled.log: No space left on device; free space on that disk"), "\(run.output)")
        let status = try run.run(["status"])
        #expect(status.status == .code(0), "\(status.output)")
        try run.write("enough", "")
        #expect(run.says("works again"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0))
    }

    @Test("by too few descriptors starts what it can, and says why not the rest")
    func descriptorLimit() throws {
        let many = (1...20).map { "  many\($0): {cmd: [/bin/sleep, '1000'], priority: -1, \(BareRun.patient)}" }
        let run = try BareRun(many.joined(separator: "\n"))
        #expect(try run.start(wrapper: ["/bin/sh", "-c", #"ulimit -n 40; exec "$@""#, "sh"]), "\(run.output)")
        #expect(run.says("raise the limit of open files (ulimit -n, LimitNOFILE=)"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0), "\(run.output)")
    }

    @Test("by a process limit for its user says so, and goes on when there is room again")
    func processLimit() throws {
        let run = try BareRun(
            """
              first: {cmd: [/bin/sleep, '2'], oneshot: true}
              troubled: {cmd: [/bin/sleep, '1000'], priority: -1, \(BareRun.patient)}
            """)
        // A user whom nobody else uses, so that the count is ours alone: the supervisor's threads and its children.
        chown(run.folder.path, 64_123, 64_123)
        chown(run.path("dockmaster.yaml"), 64_123, 64_123)
        let wrapper = ["/usr/bin/setpriv", "--reuid=64123", "--regid=64123", "--clear-groups"]
        #expect(try run.start(wrapper: ["/usr/bin/prlimit", "--nproc=4"] + wrapper), "\(run.output)")
        #expect(run.says("troubled[1] did not start: cannot fork: process limit reached"), "\(run.output)")
        #expect(run.says("everything is ready"), "\(run.output)")
        #expect(run.startsOfNeighbour == 1)
        #expect(run.end() == .code(0))
    }
}
