import CLinux
import Glibc
import ProcessControl

@testable import Supervisor

/// The real `dockmaster` with one file of etc/watchers.d and the real program, in a folder that sshd finds safe: one that
/// only root may write, all the way up.
final class ServiceRun {
    let folder: String
    private var child: ChildProcess?

    private static let shipped =
        String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()) + "/etc/watchers.d"

    /// - Parameter changes: what a test has in other places than a machine has: ports, files.
    init(_ service: String, _ changes: (String) -> [(String, String)]) throws {
        var template = Array("/run/dockmaster-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last("make a test folder (as root)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(folder, 0o755)
        for name in ["data", "data/ssh", "watchers.d", "service"] { mkdir("\(folder)/\(name)", 0o755) }
        for name in ProcessTable.entries(of: Self.shipped) {
            var text = TextFile.read("\(Self.shipped)/\(name)") ?? ""
            if name == "\(service).yaml" {
                for (old, new) in changes(folder) {
                    guard text.contains(old) else { throw Refusal(problems: ["\(name) holds no \(old)"]) }
                    text = text.replacing(old, with: new)
                }
            }
            try write(text, to: "watchers.d/\(name)", mode: name.contains(".") ? 0o644 : 0o755)
        }
        try write("bundle: false\ninclude: [\"watchers.d/\(service).yaml\"]\n", to: "dockmaster.yaml")
    }

    deinit {
        child?.signal(SIGTERM)
        let deadline = MonotonicTime.now.advanced(by: .seconds(15))
        while let child, child.reap() == nil, MonotonicTime.now < deadline { usleep(1000) }
        child?.signal(SIGKILL)
        _ = try? run(["/bin/rm", "-rf", folder])
    }

    func write(_ text: String, to name: String, mode: FileMode = 0o644) throws {
        let file = try OwnedDescriptor.open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        let bytes = Array(text.utf8)
        guard Glibc.write(file.number, bytes, bytes.count) == bytes.count else { throw SystemError.last("write") }
        chmod("\(folder)/\(name)", mode)
    }

    func read(_ name: String) -> String { TextFile.read("\(folder)/\(name)") ?? "" }
    var output: String { read("out") }

    /// Starts the supervisor and waits until the service is ready.
    func start() throws -> Bool {
        var request = SpawnRequest(BinaryRun.binary, ["run", "--config", "\(folder)/dockmaster.yaml"] + places)
        request.environment = ChildEnvironment.inherited()
        let log = try OwnedDescriptor.open("\(folder)/out", O_WRONLY | O_CREAT | O_APPEND)
        request.output = log.number
        request.error = log.number
        child = try Spawner.spawn(request)
        return wait(.seconds(60)) { output.contains("everything is ready") }
    }

    var places: [String] { ["--run", "\(folder)/run", "--logs", "\(folder)/logs", "--data", "\(folder)/data"] }

    /// Stops it and gives the exit status; nil when it does not end in time.
    func stop() -> ExitStatus? {
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

    /// Runs a client to its end.
    func run(_ command: [String]) throws -> (status: ExitStatus?, output: String) {
        let path = "/tmp/dockmaster-client-\(getpid())"
        let log = try OwnedDescriptor.open(path, O_RDWR | O_CREAT | O_TRUNC)
        defer { unlink(path) }
        let program = ExecutableSearch.find(command[0], path: ChildEnvironment.inherited()["PATH"] ?? "") ?? command[0]
        var request = SpawnRequest(program, Array(command.dropFirst()), environment: ChildEnvironment.inherited())
        request.output = log.number
        request.error = log.number
        let client = try Spawner.spawn(request)
        var status: ExitStatus?
        _ = wait(.seconds(30)) {
            status = client.reap()
            return status != nil
        }
        if status == nil { client.signalGroup(SIGKILL) }
        return (status, TextFile.read(path) ?? "")
    }

    func wait(_ limit: Duration = .seconds(20), until isSo: () -> Bool) -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        while !isSo() {
            guard MonotonicTime.now < deadline else { return false }
            usleep(5000)
        }
        return true
    }

    static func mode(_ path: String) -> UInt32 {
        var status = clinux_status()
        return clinux_stat(path, &status) == 0 ? status.mode : 0
    }
}
