import Glibc
import ProcessControl

@testable import Supervisor

/// The real binary with nothing but the watchers that a test writes (`bundle: false`), and what it says of them.
final class BareRun {
    let folder: ScenarioFolder
    private(set) var child: ChildProcess?

    /// What stays up beside a watcher in trouble. Its file tells how often it was started: once, if nothing disturbed it.
    static func neighbour(_ folder: String) -> String {
        """
          neighbour:
            cmd: [/bin/sh, -c, "echo $$ >> \(folder)/neighbour; exec sleep 1000"]
        """
    }

    /// Restarts that a test need not wait for, without a limit.
    static let patient = "backoff: {initial: 50ms, factor: 1, cap: 50ms, jitter: 0}, max_retry: -1"

    /// - Parameter watchers: the lines below `watchers:`, indented by two; `FOLDER` stands for the test's folder.
    init(_ watchers: String, supervisor: String = "{}") throws {
        folder = try ScenarioFolder()
        let text = """
            bundle: false
            supervisor: \(supervisor)
            watchers:
            \(watchers)
            \(Self.neighbour(folder.path))

            """
        try write("dockmaster.yaml", text.replacing("FOLDER", with: folder.path))
    }

    deinit {
        child?.signal(SIGTERM)
        let deadline = MonotonicTime.now.advanced(by: .seconds(5))
        while let child, child.reap() == nil, MonotonicTime.now < deadline { usleep(1000) }
        child?.signalGroup(SIGKILL)
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func write(_ name: String, _ text: String, mode: FileMode = 0o600) throws {
        let file = try OwnedDescriptor.open(path(name), O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
    }

    private func request(_ arguments: [String], wrapper: [String]) -> SpawnRequest {
        let folders = ["--data", path("data"), "--logs", path("logs"), "--run", path("run")]
        let command = wrapper + [BinaryRun.binary] + arguments + folders
        return SpawnRequest(command[0], Array(command.dropFirst()), environment: ChildEnvironment.inherited())
    }

    /// Starts it and waits until the neighbour runs.
    /// - Parameter wrapper: a program that executes the rest of its arguments, such as strace.
    func start(wrapper: [String] = []) throws -> Bool {
        var request = request(["run", "--config", path("dockmaster.yaml")], wrapper: wrapper)
        let output = try OwnedDescriptor.open(path("out"), O_WRONLY | O_CREAT | O_APPEND)
        request.output = output.number
        request.error = output.number
        child = try Spawner.spawn(request)
        return wait { self.startsOfNeighbour == 1 }
    }

    /// Runs another command beside it, to its end.
    func run(_ arguments: [String]) throws -> (status: ExitStatus?, output: String) {
        let name = "out-\(arguments[0])"
        unlink(path(name))
        var request = request(arguments, wrapper: [])
        let output = try OwnedDescriptor.open(path(name), O_WRONLY | O_CREAT | O_APPEND)
        request.output = output.number
        request.error = output.number
        let other = try Spawner.spawn(request)
        var status: ExitStatus?
        _ = wait {
            status = other.reap()
            return status != nil
        }
        return (status, read(name))
    }

    func read(_ name: String) -> String { TextFile.read(path(name)) ?? "" }

    /// What the supervisor itself has said.
    var output: String { read("out") }

    func says(_ words: String) -> Bool { wait { self.output.contains(words) } }

    /// A watcher's log file.
    func log(_ watcher: String) -> String { read("logs/\(watcher)/\(watcher).log") }

    var startsOfNeighbour: Int { read("neighbour").split(separator: "\n").count }

    /// Ends it with TERM, and waits for the end.
    func end() -> ExitStatus? {
        guard let child else { return nil }
        child.signal(SIGTERM)
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
