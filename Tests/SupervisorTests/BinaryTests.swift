import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("The dockmaster binary", .serialized)
struct BinaryTests {
    @Test("runs three workers, tells their state, reloads, and stops with 0 leaving nothing behind")
    func life() throws {
        let bundle = try BinaryRun()
        #expect(try bundle.start(), "\(bundle.output)")
        let status = try bundle.run(["status"])
        #expect(status.status == .code(0))
        for name in ["auth[1]", "registry[1]", "proxy[1]"] { #expect(status.output.contains(name)) }
        #expect(try bundle.run(["status", "--json"]).output.contains(#""state":"running","ready":true"#))
        let reload = try bundle.run(["reload", "--json"])
        #expect(reload.status == .code(0), "\(reload.output)")
        #expect(bundle.output.contains("Dockmaster is ready at https://localhost"))
        #expect(bundle.output.contains("docker login"))
        #expect(bundle.end(SIGTERM) == .code(0), "\(bundle.output)")
        for name in ["control.sock", "notify.sock", "auth.sock", "registry.sock"] {
            #expect(access("\(bundle.folder.path)/run/\(name)", F_OK) != 0, "\(name)")
        }
        #expect(try bundle.run(["status"]).status == .code(3))
    }

    @Test("is refused a run folder that another one uses, and names that one")
    func secondSupervisor() throws {
        let bundle = try BinaryRun()
        #expect(try bundle.start())
        let second = try bundle.run(["run", "--https-port", "28472", "--http-port", "0"])
        #expect(second.status == .code(1))
        #expect(
            second.output.contains(
                "another dockmaster (pid \(bundle.child?.pid ?? 0)) runs in \(bundle.folder.path)/run"))
    }

    @Test("names the port that is taken and who holds it")
    func portTaken() throws {
        let bundle = try BinaryRun()
        let taken = try BoundSocket(.tcp(host: "::", port: 0))
        let port = try #require(taken.port)
        let run = try bundle.run(["run", "--https-port", "\(port)", "--http-port", "0"])
        #expect(run.status == .code(1))
        #expect(run.output.contains("port \(port) is taken by"))
        #expect(run.output.contains("(pid \(getpid()))"))
    }

    @Test("ends with 78 when a worker refuses its configuration")
    func refusedByWorker() throws {
        let bundle = try BinaryRun()
        try bundle.setWorker(
            "registry", #"print STDERR "run/registry.yml:3: storage: is missing. Name one.\n"; exit 78;"#)
        try bundle.launch()
        #expect(bundle.end(nil) == .code(78))
        #expect(bundle.output.contains("Last words: \"run/registry.yml:3: storage: is missing. Name one.\""))
    }

    /// A worker that leaves orphans: many that end by themselves, and one in a session of its own that ignores TERM.
    private static let orphans = """
        for (1..200) { if (!fork) { if (!fork) { select(undef,undef,undef,rand(0.2)); exit 0 } exit 0 } }
        if (!fork) { POSIX::setsid(); if (!fork) { $SIG{TERM}='IGNORE'; $0 = 'ORPHAN_TITLE'; sleep 1000 while 1 } exit 0 }
        while (wait() > 0) {}
        """

    @Test("reaps every orphan and leaves none behind, as subreaper and as PID 1", arguments: [false, true])
    func orphans(asInit: Bool) throws {
        // Without root there are no new PID namespaces: the first case stands for both.
        let wrapper = asInit && geteuid() == 0 ? ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"] : []
        let bundle = try BinaryRun()
        let title = "orphan-of-\(getpid())-\(asInit)"
        try bundle.setWorker("auth", Self.orphans.replacing("ORPHAN_TITLE", with: title))
        #expect(try bundle.start(wrapper: wrapper), "\(bundle.output)")
        let supervisor = try #require(arbiter(of: bundle, wrapped: !wrapper.isEmpty))
        #expect(bundle.wait { children(of: supervisor).count == 4 }, "\(children(of: supervisor))")
        #expect(running(title))
        kill(supervisor, SIGTERM)
        #expect(bundle.end(nil) == .code(0), "\(bundle.output)")
        #expect(!running(title))
    }

    private func arbiter(of bundle: BinaryRun, wrapped: Bool) -> ProcessID? {
        guard let pid = bundle.child?.pid else { return nil }
        return wrapped ? children(of: pid).first : pid
    }

    private func children(of pid: ProcessID) -> [ProcessID] {
        (TextFile.read("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").compactMap { ProcessID($0) }
    }

    private func running(_ title: String) -> Bool {
        ProcessTable.entries(of: "/proc").contains { entry in
            ProcessID(entry) != nil && (TextFile.read("/proc/\(entry)/cmdline") ?? "").hasPrefix(title)
        }
    }
}
