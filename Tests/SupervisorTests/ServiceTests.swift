import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("A service of etc/watchers.d", .serialized)
struct ServiceTests {
    @Test("sshd lets the holders of keys run dockmaster's commands, and nothing else")
    func sshd() throws {
        let port = "28522"
        let run = try ServiceRun("sshd") { _ in [("\"22\"", "\"\(port)\""), ("127.0.0.1:22", "127.0.0.1:\(port)")] }
        for name in ["alice", "mallory"] {
            #expect(
                try run.run(["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", "\(run.folder)/service/\(name)"])
                    .status
                    == .code(0))
        }
        try run.write(run.read("service/alice.pub"), to: "data/ssh/alice.pub")
        try run.write("this is no key\n", to: "data/ssh/broken.pub")
        #expect(try run.start(), "\(run.output)")
        func ssh(_ command: String?, as name: String = "alice") throws -> (
            status: ProcessControl.ExitStatus?, output: String
        ) {
            try run.run(
                [
                    "ssh", "-F", "/dev/null", "-i", "\(run.folder)/service/\(name)", "-p", port, "-o", "BatchMode=yes",
                    "-o",
                    "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o",
                    "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "root@127.0.0.1",
                ] + (command.map { [$0] } ?? []))
        }
        for command in [nil, "status", "dockmaster status"] {
            let status = try ssh(command)
            #expect(status.status == .code(0), "\(status.output) \(run.output)")
            #expect(status.output.contains("sshd"), "\(status.output)")
        }
        // Words stay words: no shell reads them.
        let mark = "\(run.folder)/service/mark"
        for command in [
            "status; touch \(mark)", "status $(touch \(mark))", "status `touch \(mark)`", "status | touch \(mark)",
        ] {
            #expect(try ssh(command).status != .code(0))
        }
        #expect(access(mark, F_OK) != 0)
        for command in ["run", "touch \(mark)", "status --run /tmp", "add evil /bin/sh", "sh"] {
            let refused = try ssh(command)
            #expect(refused.status == .code(2), "\(command): \(refused.output)")
            #expect(refused.output.contains("is not for logins from afar"))
        }
        let stranger = try ssh("status", as: "mallory")
        #expect(stranger.status == .code(255))
        #expect(stranger.output.contains("Permission denied (publickey)"))
        #expect(ServiceRun.mode("\(run.folder)/run/ssh/authorized_keys") == 0o600)
        let hostKey = "data/ssh/host_keys/ssh_host_ed25519_key"
        #expect(ServiceRun.mode("\(run.folder)/\(hostKey)") == 0o600)
        let key = run.read(hostKey)
        #expect(run.stop() == .code(0))
        unlink("\(run.folder)/out")
        #expect(try run.start())
        #expect(run.read(hostKey) == key, "host keys are made once")
        #expect(run.read("logs/sshd/sshd.log").contains("broken.pub holds no public key; it is left out"))
        #expect(run.stop() == .code(0))
    }

    @Test("bind answers for its zones, and tells its log in the folder it has for that")
    func bind() throws {
        let port = "28553"
        let run = try ServiceRun("bind") { folder in
            [
                ("127.0.0.1:53", "127.0.0.1:\(port)"), ("/etc/bind/named.conf", "\(folder)/service/named.conf"),
                ("/var/log/bind", "\(folder)/bind-log"),
            ]
        }
        let home = "\(run.folder)/service"
        try run.write(
            """
            options { directory "\(home)"; listen-on port \(port) { 127.0.0.1; }; listen-on-v6 { none; };
                recursion no; pid-file "\(home)/named.pid"; session-keyfile "\(home)/session.key"; };
            controls { };
            zone "example.test" { type primary; file "\(home)/example.test"; };
            """, to: "service/named.conf")
        func zone(_ address: String, _ serial: Int) throws {
            try run.write(
                """
                $TTL 60
                @ IN SOA ns.example.test. admin.example.test. (\(serial) 60 60 60 60)
                @ IN NS ns.example.test.
                ns IN A 127.0.0.1
                registry IN A \(address)

                """, to: "service/example.test")
        }
        try zone("192.0.2.7", 1)
        chmod(home, 0o777)
        #expect(try run.start(), "\(run.output)")
        func dig() throws -> String {
            try run.run(["dig", "@127.0.0.1", "-p", port, "+short", "+tries=1", "registry.example.test"]).output
        }
        #expect(try dig() == "192.0.2.7\n")
        #expect(run.wait { run.read("bind-log/named.log").contains("running") }, "\(run.output)")
        try zone("192.0.2.8", 2)
        let reload = try run.run([BinaryRun.binary, "reload", "bind"] + run.places)
        #expect(reload.status == .code(0), "\(reload.output)")
        #expect(run.wait { (try? dig()) == "192.0.2.8\n" })
        #expect(run.stop() == .code(0))
    }

    @Test("redis answers on localhost and keeps nothing on the disk")
    func redis() throws {
        let port = "28579"
        let run = try ServiceRun("redis") { folder in [("6379", port), ("- /tmp", "- \(folder)/service")] }
        chmod("\(run.folder)/service", 0o777)
        #expect(try run.start(), "\(run.output)")
        func redis(_ words: String...) throws -> String {
            try run.run(["redis-cli", "-h", "127.0.0.1", "-p", port] + words).output
        }
        #expect(try redis("ping") == "PONG\n")
        #expect(try redis("set", "a", "b") == "OK\n")
        #expect(try redis("config", "get", "save").contains("save\n\n"))
        #expect(run.stop() == .code(0))
        #expect(ProcessTable.entries(of: "\(run.folder)/service").isEmpty)
    }

    @Test("cron runs the machine's jobs")
    func cron() throws {
        let job = "/etc/cron.d/dockmaster-test"
        defer { unlink(job) }
        let run = try ServiceRun("cron") { _ in [] }
        let file = try OwnedDescriptor.open(job, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        let text = Array("* * * * * root echo ran >\(run.folder)/service/ran\n".utf8)
        #expect(write(file.number, text, text.count) == text.count)
        chmod(job, 0o644)
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait(.seconds(90)) { run.read("service/ran") == "ran\n" }, "\(run.output)")
        #expect(run.stop() == .code(0))
    }
}
