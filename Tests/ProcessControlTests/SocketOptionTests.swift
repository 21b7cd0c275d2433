import CLinux
import Glibc
import Testing

@testable import ProcessControl

@Suite("A socket's options")
struct SocketOptionTests {
    private func flag(_ socket: BoundSocket, _ name: CInt) -> CInt {
        var value: CInt = -1
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(socket.descriptor, SOL_SOCKET, name, &value, &size)
        return value
    }

    private func refusal(_ request: SocketRequest) -> SocketError? {
        do throws(SocketError) {
            _ = try BoundSocket(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("a UDP port is bound, found by its name, and told apart from TCP's")
    func datagrams() throws {
        let socket = try BoundSocket(SocketRequest(.tcp4(address: "127.0.0.1", port: 0), kind: .datagram))
        let port = try #require(socket.port)
        let name = try #require(SocketName(socket.descriptor))
        #expect(name.matches(SocketRequest(.tcp4(address: "127.0.0.1", port: port), kind: .datagram)))
        #expect(!name.matches(SocketRequest(.tcp4(address: "127.0.0.1", port: port))))
        #expect("\(name)" == "127.0.0.1:\(port) (datagrams)")
        let again = SocketRequest(.tcp4(address: "127.0.0.1", port: port), kind: .datagram)
        guard case .portTaken(_, port, let holder?) = refusal(again) else {
            Issue.record("\(String(describing: refusal(again)))")
            return
        }
        #expect(holder.pid == getpid())
    }

    @Test("reuse_port lets a second one bind, and only then")
    func reusePort() throws {
        var request = SocketRequest(.tcp4(address: "127.0.0.1", port: 0))
        request.reusesPort = true
        let first = try BoundSocket(request)
        request.address = .tcp4(address: "127.0.0.1", port: try #require(first.port))
        let second = try BoundSocket(request)
        #expect(second.port == first.port)
        request.reusesPort = false
        guard case .portTaken = refusal(request) else {
            Issue.record("bound beside another")
            return
        }
    }

    @Test("blocking is as asked for, and can be changed while the socket is open")
    func blocking() throws {
        var request = SocketRequest(.tcp4(address: "127.0.0.1", port: 0))
        let socket = try BoundSocket(request)
        #expect(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK != 0)
        request.isBlocking = true
        request.reusesPort = true
        request.backlog = 1
        try socket.change(to: request)
        #expect(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK == 0)
        #expect(flag(socket, SO_REUSEPORT) == 1)
    }

    @Test("an interface that is there is tied to; one that is not is named, and nothing has changed")
    func interface() throws {
        var request = SocketRequest(.tcp4(address: "127.0.0.1", port: 0))
        request.interface = "nothere0"
        request.isBlocking = true
        #expect(refusal(request) == .noInterface("nothere0"))
        let socket = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        #expect(throws: SocketError.noInterface("nothere0")) { try socket.change(to: request) }
        #expect(fcntl(socket.descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(socket.request.interface == nil)
        request.interface = "lo"
        let tied = try BoundSocket(request)
        var name = [CChar](repeating: 0, count: 16)
        var size = socklen_t(16)
        getsockopt(tied.descriptor, SOL_SOCKET, SO_BINDTODEVICE, &name, &size)
        #expect(name.prefix { $0 != 0 } == "lo".utf8CString.dropLast())
    }

    @Test("the path's mode and owner are as asked for, for streams and datagrams, and change with the request")
    func owner() throws {
        let folder = try TestFolder()
        for kind in [SocketRequest.Kind.stream, .datagram] {
            let path = "\(folder.path)/\(kind.rawValue).sock"
            var request = SocketRequest(.unix(path: path, mode: 0o660), kind: kind)
            request.owner = try .named(geteuid() == 0 ? "nobody:\(getegid())" : ":\(getegid())")
            let socket = try BoundSocket(request)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
            #expect(geteuid() != 0 || status.st_uid == 65534)
            request.address = .unix(path: path, mode: 0o600)
            try socket.change(to: request)
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(SocketName(socket.descriptor)?.matches(request) == true)
            unlink(path)
            // A path that is gone leads nobody to the socket.
            #expect(SocketName(socket.descriptor)?.matches(request) == false)
        }
    }

    @Test("unknown owners, hosts, addresses and folders are told in words")
    func words() throws {
        #expect(throws: SocketError.unknownOwner("nobody-here", isGroup: false)) {
            _ = try SocketOwner.named("nobody-here:0")
        }
        #expect(throws: SocketError.unknownOwner("no-group", isGroup: true)) { _ = try SocketOwner.named(":no-group") }
        #expect(try SocketOwner.named("12:34") == SocketOwner(user: 12, group: 34))
        #expect(refusal(SocketRequest(.tcp4(address: "192.0.2.1", port: 0))) == .noAddress("192.0.2.1"))
        #expect(
            refusal(SocketRequest(.unix(path: "/nowhere/a.sock", mode: 0o600))) == .noFolder(path: "/nowhere/a.sock"))
        #expect(try HostName.resolve("[::1]") == "::1")
        #expect(try HostName.resolve("localhost") == "127.0.0.1")
        do throws(SocketError) {
            _ = try HostName.resolve("no-such-host.invalid")
            Issue.record("resolved")
        } catch {
            #expect(error.problem.hasPrefix("the host name no-such-host.invalid cannot be resolved: "))
        }
    }

    @Test("a file that is no socket is never removed")
    func foreignFile() throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/file"
        close(creat(path, 0o600))
        guard case .pathTaken = refusal(SocketRequest(.unix(path: path, mode: 0o600))) else {
            Issue.record("the file was taken for a socket")
            return
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test("an adopted socket serves as before, with the options asked for, and its path stays when told so")
    func adoption() throws {
        let folder = try TestFolder()
        let path = "\(folder.path)/a.sock"
        let first = try BoundSocket(.unix(path: path, mode: 0o600))
        let copy = OwnedDescriptor(adopting: dup(first.descriptor))
        first.leavesPath = true
        var request = first.request
        request.address = .unix(path: path, mode: 0o666)
        let second = try BoundSocket(adopting: copy, as: request)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o666)
        #expect(second.descriptor >= 0)
    }
}
