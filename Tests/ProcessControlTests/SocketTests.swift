import CLinux
import Glibc
import Testing

@testable import ProcessControl

@Suite("A bound socket")
struct BoundSocketTests {
    @Test("on a taken port names the port and who holds it")
    func taken() throws {
        let first = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        let port = try #require(first.port)
        let own = try #require(ProcessTable.name(of: getpid()))
        #expect(
            throws: SocketError.portTaken(
                address: "127.0.0.1", port: port, holder: .init(pid: getpid(), program: own))
        ) { _ = try BoundSocket(.tcp4(address: "127.0.0.1", port: port)) }
        let words = SocketError.portTaken(address: "", port: 8443, holder: .init(pid: 1234, program: "nginx")).problem
        #expect(words == "port 8443 is taken by nginx (pid 1234)")
    }

    @Test("of IPv6 stands beside one of IPv4 on the same port")
    func bothVersions() throws {
        let four = try BoundSocket(.tcp4(address: "0.0.0.0", port: 0))
        let port = try #require(four.port)
        // A machine without IPv6 says so; one with it must not say that the port is taken.
        do throws(SocketError) {
            let six = try BoundSocket(.tcp6(address: "::", port: port))
            #expect(six.port == port)
        } catch {
            guard case .system(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason.code == EAFNOSUPPORT || reason.code == EADDRNOTAVAIL)
        }
    }

    @Test("of every address answers to IPv4 as well, whatever the kernel's IPv6 can do")
    func everyAddress() throws {
        let socket = try BoundSocket(.tcp(host: "::", port: 0))
        let port = try #require(socket.port)
        let run = try ChildRun(
            "/usr/bin/perl",
            [
                "-MSocket", "-e",
                "socket(S,AF_INET,SOCK_STREAM,0); exit(connect(S,pack_sockaddr_in(\(port),inet_aton('127.0.0.1'))) ? 0 : 1)",
            ])
        #expect(run.status == .code(0))
    }

    @Test("of a unix path has the mode asked for and takes its path along when it goes")
    func unixMode() throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/a.sock"
        var status = stat()
        do {
            let socket = try BoundSocket(.unix(path: path, mode: 0o660))
            #expect(socket.descriptor >= 0)
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
        }
        #expect(stat(path, &status) != 0)
    }

    @Test("replaces a path that a dead process left, and never one that is alive")
    func stalePath() throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/a.sock"
        let stale = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #expect(clinux_bind_unix(stale, path) == 0)
        close(stale)
        let living = try BoundSocket(.unix(path: path, mode: 0o600))
        do throws(SocketError) {
            _ = try BoundSocket(.unix(path: path, mode: 0o600))
            Issue.record("the path was taken over")
        } catch {
            guard case .pathTaken = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(living.descriptor >= 0)
    }

    @Test("refuses a path that the kernel would cut off")
    func longPath() {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        #expect(throws: SocketError.pathTooLong(path: path, limit: 107)) {
            _ = try BoundSocket(.unix(path: path, mode: 0o600))
        }
    }

    @Test("finds a listener, and not a mere connection, in /proc/net/tcp")
    func procNetTCP() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:20FB 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 111 1
               1: 00000000:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1
            """
        #expect(SocketHolder.boundInode(in: table, port: 8443) == 222)
        #expect(SocketHolder.boundInode(in: table, port: 54321) == nil)
    }
}

@Suite("A notify socket")
struct NotifySocketTests {
    @Test("takes messages and knows their sender")
    func messages() throws {
        let folder = try TestFolder()
        let notify = try NotifySocket(path: "\(folder.path)/notify.sock")
        let run = try ChildRun(
            "/usr/bin/perl",
            [
                "-MSocket", "-e",
                "socket(S,AF_UNIX,SOCK_DGRAM,0); send(S,\"READY=1\\nSTATUS=a=b c\\nMAINPID=7\\nEXTEND_TIMEOUT_USEC=5000000\\nX=1\",0,pack_sockaddr_un($ENV{N}))",
            ]
        ) { $0.environment["N"] = notify.path }
        #expect(run.status == .code(0))
        let message = try #require(notify.next())
        #expect(message.sender == run.pid)
        #expect(message.user == geteuid())
        #expect(
            message.fields == [.ready, .status("a=b c"), .mainProcess(7), .extendTimeout(.seconds(5)), .other("X=1")])
        #expect(notify.next() == nil)
    }

    @Test("understands every message of a worker's life")
    func parsing() {
        let text = "RELOADING=1\nMONOTONIC_USEC=12\nWATCHDOG=1\nWATCHDOG=trigger\nSTOPPING=1\nREADY=0\nMAINPID=x"
        #expect(
            NotifyField.parse(text) == [
                .reloading, .other("MONOTONIC_USEC=12"), .watchdog, .watchdogTrigger, .stopping, .other("READY=0"),
                .other("MAINPID=x"),
            ])
    }
}
