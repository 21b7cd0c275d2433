import Glibc
import ProcessControl
import Synchronization

@testable import Supervisor

/// The real `dockmaster` binary as a process of its own, with workers in perl that the test makes up.
final class BinaryRun {
    let folder: ScenarioFolder
    private(set) var child: ChildProcess?

    static let worker = """
        #!/usr/bin/perl
        use Socket; use POSIX; $| = 1;
        exit 0 if grep { $_ eq "--check" } @ARGV;
        my $notify = sub { socket(my $s,AF_UNIX,SOCK_DGRAM,0); send($s,shift,0,pack_sockaddr_un($ENV{NOTIFY_SOCKET})) };
        $SIG{TERM} = sub { exit 0 };
        $SIG{HUP} = sub { $notify->("RELOADING=1"); $notify->("READY=1") };
        """

    /// Suites run side by side: each run has a port of its own, and no http.
    private static let nextPort = Mutex(28_500)
    let port: Int

    init() throws {
        port = Self.nextPort.withLock { next in
            defer { next += 1 }
            return next
        }
        folder = try ScenarioFolder()
        mkdir("\(folder.path)/workers", 0o700)
        for name in ["auth", "registry", "proxy"] { try setWorker(name, "") }
    }

    deinit {
        child?.signal(SIGTERM)
        let deadline = MonotonicTime.now.advanced(by: .seconds(5))
        while let child, child.reap() == nil, MonotonicTime.now < deadline { usleep(1000) }
        child?.signal(SIGKILL)
    }

    /// - Parameter script: what a worker does before it is ready.
    func setWorker(_ name: String, _ script: String) throws {
        let text = "\(Self.worker)\n\(script)\n$notify->(\"READY=1\");\nsleep 1000 while 1;\n"
        let file = try OwnedDescriptor.open(
            "\(folder.path)/workers/dockmaster-\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o700)
        let bytes = Array(text.utf8)
        guard write(file.number, bytes, bytes.count) == bytes.count else { throw SystemError.last("write a worker") }
    }

    /// The binary that was built beside these tests.
    static var binary: String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ".build/debug/x"
        let upTo = bundle.split(separator: "/", omittingEmptySubsequences: false).prefix { !$0.contains(".xctest") }
        return upTo.joined(separator: "/") + "/dockmaster"
    }

    private func request(_ arguments: [String], wrapper: [String]) -> SpawnRequest {
        let command =
            wrapper + [Self.binary] + arguments + [
                "--data", "\(folder.path)/data", "--logs", "\(folder.path)/logs", "--run", "\(folder.path)/run",
            ]
        var request = SpawnRequest(command[0], Array(command.dropFirst()), environment: ChildEnvironment.inherited())
        request.environment["DOCKMASTER_WORKERS"] = "\(folder.path)/workers"
        return request
    }

    /// Starts `dockmaster run` and waits until everything is ready.
    func start(wrapper: [String] = []) throws -> Bool {
        try launch(wrapper: wrapper)
        return wait { self.output.contains("everything is ready") }
    }

    /// Starts `dockmaster run`.
    func launch(wrapper: [String] = []) throws {
        var request = request(["run", "--https-port", "\(port)", "--http-port", "0"], wrapper: wrapper)
        let output = try OwnedDescriptor.open("\(folder.path)/out", O_WRONLY | O_CREAT | O_APPEND)
        request.output = output.number
        request.error = output.number
        child = try Spawner.spawn(request)
    }

    /// Runs another command beside it, to its end.
    func run(_ arguments: [String], limits: [SpawnRequest.Limit] = []) throws -> (status: ExitStatus?, output: String) {
        let path = "\(folder.path)/out-\(arguments[0])"
        unlink(path)
        let output = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_APPEND)
        var request = request(arguments, wrapper: [])
        request.output = output.number
        request.error = output.number
        request.limits = limits
        let other = try Spawner.spawn(request)
        var status: ExitStatus?
        _ = wait {
            status = other.reap()
            return status != nil
        }
        return (status, TextFile.read(path) ?? "")
    }

    var output: String { TextFile.read("\(folder.path)/out") ?? "" }

    /// Sends a signal, or none, and waits for the end.
    func end(_ signal: CInt?) -> ExitStatus? {
        guard let child else { return nil }
        if let signal { child.signal(signal) }
        var status: ExitStatus?
        _ = wait {
            status = child.reap()
            return status != nil
        }
        if status != nil { self.child = nil }
        return status
    }

    func wait(_ limit: Duration = .seconds(20), until isSo: () -> Bool) -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        while !isSo() {
            guard MonotonicTime.now < deadline else { return false }
            usleep(5000)
        }
        return true
    }
}
