import Glibc
import ProcessControl

@testable import Supervisor

/// The real `dockmaster` with nothing but what a test's configuration names: its watchers are sh and perl.
final class BlackBoxRun {
    /// Testing has an ExitStatus too.
    typealias End = ExitStatus

    let folder: ScenarioFolder
    private(set) var child: ChildProcess?

    /// - Parameter watchers: what stands below `watchers:`, indented by two; `FOLDER` is the test's folder.
    init(_ watchers: String, other: String = "") throws {
        folder = try ScenarioFolder()
        try configure(watchers, other: other)
    }

    deinit {
        if let child {
            child.signal(SIGTERM)
            _ = wait(.seconds(5)) { child.reap() != nil }
            child.signalGroup(SIGKILL)
        }
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func read(_ name: String) -> String { TextFile.read(path(name)) ?? "" }

    /// The lines that children have written to a file of the folder.
    func lines(_ name: String) -> [String] { read(name).split(separator: "\n").map(String.init) }

    func configure(_ watchers: String, other: String = "") throws {
        let text = "bundle: false\n\(other)\nwatchers:\n\(watchers)\n"
        try write("dockmaster.yaml", text.replacing("FOLDER", with: folder.path))
    }

    func write(_ name: String, _ text: String, mode: FileMode = 0o700) throws {
        let file = try OwnedDescriptor.open(path(name), O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
    }

    // MARK: The supervisor

    /// - Parameter wrapper: a program that runs the rest of its arguments: strace, unshare.
    func launch(wrapper: [String] = [], environment: [String: String] = [:]) throws {
        child = try spawn(
            ["run", "--config", path("dockmaster.yaml")], output: "out", wrapper: wrapper, environment: environment)
    }

    func start(wrapper: [String] = [], environment: [String: String] = [:]) throws -> Bool {
        try launch(wrapper: wrapper, environment: environment)
        return wait { self.output.contains("everything is ready") }
    }

    /// What it has said.
    var output: String { read("out") }

    var pid: ProcessID { child?.pid ?? -1 }

    /// Waits for the end, after a signal if one is given.
    func end(_ signal: CInt? = SIGTERM, within limit: Duration = .seconds(30)) -> ExitStatus? {
        guard let child else { return nil }
        if let signal { child.signal(signal) }
        var status: ExitStatus?
        _ = wait(limit) {
            status = child.reap()
            return status != nil
        }
        if status != nil { self.child = nil }
        return status
    }

    // MARK: Commands beside it

    func spawn(
        _ arguments: [String], output name: String, wrapper: [String] = [], environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let folders = ["--run", path("run")]
        let more = arguments[0] == "run" ? ["--data", path("data"), "--logs", path("logs")] : []
        let command = wrapper + [BinaryRun.binary] + arguments + folders + more
        var request = SpawnRequest(command[0], Array(command.dropFirst()), environment: ChildEnvironment.inherited())
        request.environment.merge(environment) { _, own in own }
        let output = try OwnedDescriptor.open(path(name), O_WRONLY | O_CREAT | O_APPEND)
        request.output = output.number
        request.error = output.number
        return try Spawner.spawn(request)
    }

    /// Runs a command to its end.
    func run(_ arguments: [String]) throws -> (status: ExitStatus?, output: String) {
        let name = "out-\(arguments[0])"
        unlink(path(name))
        let command = try spawn(arguments, output: name)
        var status: ExitStatus?
        _ = wait {
            status = command.reap()
            return status != nil
        }
        return (status, read(name))
    }

    /// Runs a command that knows nothing of folders, to its end.
    func plain(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (status: ExitStatus?, output: String) {
        var request = SpawnRequest(BinaryRun.binary, arguments, environment: ChildEnvironment.inherited())
        request.environment.merge(environment) { _, own in own }
        unlink(path("plain"))
        let output = try OwnedDescriptor.open(path("plain"), O_WRONLY | O_CREAT | O_APPEND)
        request.output = output.number
        request.error = output.number
        let command = try Spawner.spawn(request)
        var status: ExitStatus?
        if !wait(
            .seconds(20),
            until: {
                status = command.reap()
                return status != nil
            })
        {
            command.signalGroup(SIGKILL)
        }
        return (status, read("plain"))
    }

    // MARK: Looking

    func wait(_ limit: Duration = .seconds(30), until isSo: () -> Bool) -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        while !isSo() {
            guard MonotonicTime.now < deadline else { return false }
            usleep(3000)
        }
        return true
    }

    static func children(of pid: ProcessID) -> [ProcessID] {
        (TextFile.read("/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").compactMap { ProcessID($0) }
    }

    static func isAlive(_ pid: ProcessID) -> Bool { kill(pid, 0) == 0 }

    /// How long something takes.
    static func measure(_ work: () throws -> Void) rethrows -> Duration {
        let start = MonotonicTime.now
        try work()
        return MonotonicTime.now.since(start)
    }
}
