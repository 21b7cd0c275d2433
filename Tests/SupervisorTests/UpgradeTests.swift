import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("dockmaster upgrade", .serialized)
struct UpgradeTests {
    /// A worker whose child writes numbered lines, each in two pieces.
    private static let writer = """
        if (!fork) {
            my $n = 0;
            while (1) { $n++; syswrite STDERR, "count "; select(undef,undef,undef,0.0003); syswrite STDERR, "$n\\n" }
        }
        """

    private func pids(_ bundle: BinaryRun) throws -> [Int] {
        let status = try bundle.run(["status", "--json"])
        return status.output.matches(of: /"pid":([0-9]+)/).compactMap { Int($0.1) }
    }

    private func connects(_ bundle: BinaryRun) -> Bool {
        let number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(bundle.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// The numbers in the registry's log, in order.
    private func numbers(_ bundle: BinaryRun) -> [Int] {
        (TextFile.read("\(bundle.folder.path)/logs/registry/registry.log") ?? "").split(separator: "\n")
            .compactMap { line in line.firstMatch(of: /^count ([0-9]+)$/).flatMap { Int($0.1) } }
    }

    private func script(_ bundle: BinaryRun, _ name: String, _ text: String) throws -> String {
        let path = "\(bundle.folder.path)/\(name)"
        let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o700)
        let bytes = Array("#!/bin/sh\n\(text)\n".utf8)
        guard write(file.number, bytes, bytes.count) == bytes.count else { throw SystemError.last("write a script") }
        return path
    }

    @Test("restarts no process and loses no line, twice, with every socket answering", arguments: [false, true])
    func twice(asInit: Bool) throws {
        // Without root there are no new PID namespaces: the first case stands for both.
        let wrapper = asInit && geteuid() == 0 ? ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"] : []
        let bundle = try BinaryRun()
        try bundle.setWorker("registry", Self.writer)
        #expect(try bundle.start(wrapper: wrapper), "\(bundle.output)")
        let before = try pids(bundle)
        #expect(before.count >= 3)
        for round in 1...2 {
            let seen = numbers(bundle).count
            let upgrade = try bundle.run(["upgrade", BinaryRun.binary])
            #expect(upgrade.status == .code(0), "\(upgrade.output) \(bundle.output.suffix(2000))")
            #expect(upgrade.output.contains("has taken over"), "round \(round)")
            for _ in 1...20 { #expect(connects(bundle)) }
            #expect(try pids(bundle) == before)
            #expect(bundle.wait { numbers(bundle).count > seen + 100 })
        }
        let counted = numbers(bundle)
        #expect(counted == Array(1...max(1, counted.count)), "a gap, a duplicate or a split line")
        // Everything is still in hand: a reload reaches the workers, and the end is as orderly as ever.
        #expect(try bundle.run(["reload"]).status == .code(0), "\(bundle.output.suffix(2000))")
        if asInit && geteuid() == 0 {
            #expect(try bundle.run(["stop"]).status == .code(0))
            #expect(bundle.end(nil) == .code(0), "\(bundle.output.suffix(2000))")
        } else {
            #expect(bundle.end(SIGTERM) == .code(0), "\(bundle.output.suffix(2000))")
        }
        for pid in before where !asInit { #expect(kill(pid_t(pid), 0) != 0) }
        for name in ["control.sock", "notify.sock", "auth.sock", "registry.sock"] {
            #expect(access("\(bundle.folder.path)/run/\(name)", F_OK) != 0, "\(name)")
        }
    }

    @Test("refuses a program that cannot take over, and one that vanishes, and changes nothing")
    func refused() throws {
        let bundle = try BinaryRun()
        #expect(try bundle.start(), "\(bundle.output)")
        let before = try pids(bundle)
        let wrong = try bundle.run(["upgrade", "/bin/true"])
        #expect(wrong.status == .code(1))
        #expect(wrong.output.contains("/bin/true cannot take over"), "\(wrong.output)")
        let protocolNumber = UpgradeState.protocolNumber
        let vanishing = try script(bundle, "vanishing", "rm -- \"$0\"; echo upgrade-protocol \(protocolNumber)")
        let gone = try bundle.run(["upgrade", vanishing])
        #expect(gone.status == .code(1))
        #expect(gone.output.contains("nothing has changed"), "\(gone.output)")
        #expect(try pids(bundle) == before)
        #expect(try bundle.run(["reload"]).status == .code(0))
        #expect(bundle.end(SIGTERM) == .code(0), "\(bundle.output.suffix(2000))")
    }

    @Test("sees that a process died while nobody looked, and reads what was written meanwhile")
    func meanwhile() throws {
        let bundle = try BinaryRun()
        try bundle.setWorker("registry", Self.writer)
        #expect(try bundle.start(), "\(bundle.output)")
        let before = try pids(bundle)
        let auth = try #require(
            before.first { TextFile.read("/proc/\($0)/cmdline")?.contains("dockmaster-auth") == true })
        let slow = try script(
            bundle, "slow",
            """
            if [ "$1" = run ]; then kill -KILL \(auth); sleep 0.5; fi
            exec \(BinaryRun.binary) "$@"
            """)
        let upgrade = try bundle.run(["upgrade", slow])
        #expect(upgrade.status == .code(0), "\(upgrade.output)")
        #expect(bundle.wait { bundle.output.contains("auth[1] died: SIGKILL") }, "\(bundle.output.suffix(2000))")
        #expect(
            bundle.wait { (try? pids(bundle).count) == before.count && (try? pids(bundle).contains(auth)) == false })
        let counted = numbers(bundle)
        #expect(counted == Array(1...max(1, counted.count)))
        #expect(bundle.end(SIGTERM) == .code(0), "\(bundle.output.suffix(2000))")
    }
}
