import Foundation
import RegistryStorage
import Synchronization

/// The real `dockmaster-registry` binary, built beside these tests, as a process of its own on a folder of its own.
final class RegistryProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let folder: String
    private let running = Mutex<ChildRun?>(nil)

    /// The registry's data; a test may mount something here.
    var data: String { "\(folder)/data" }
    var client: PlainClient { PlainClient(socket: "\(folder)/registry.sock") }
    var output: String { (try? String(contentsOfFile: "\(folder)/out", encoding: .utf8)) ?? "" }
    var pid: Int32 { running.withLock { $0?.pid ?? 0 } }
    /// The folder as the process sees it, in its own mounts.
    var inside: String { "/proc/\(pid)/root\(data)" }

    /// - Parameter more: lines of the configuration below `storage:`, indented by two.
    init(_ more: String = "") throws {
        folder = "/tmp/dockmaster-disk-\(getpid())-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let text = """
            version: 0.1
            log: {level: info}
            storage:
              filesystem: {rootdirectory: \(data)}
              delete: {enabled: true}
            \(more)
            http: {net: unix, addr: \(folder)/registry.sock}
            auth: {none: {}}
            """
        try text.write(toFile: "\(folder)/config.yml", atomically: true, encoding: .utf8)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static var binary: String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ".build/debug/x"
        let upTo = bundle.split(separator: "/", omittingEmptySubsequences: false).prefix { !$0.contains(".xctest") }
        return (upTo + ["dockmaster-registry"]).joined(separator: "/")
    }

    /// Starts it and waits until it answers.
    /// - Parameter wrapper: a program that executes the rest of its arguments.
    func start(wrapper: [String] = []) throws {
        let process = try ChildRun(
            wrapper + [Self.binary, "--config", "\(folder)/config.yml"], output: "\(folder)/out")
        running.withLock { $0 = process }
        for _ in 0..<4_000 {
            if (try? client.send("GET", "/v2/"))?.status == 200 { return }
            guard process.isRunning else { break }
            usleep(5_000)
        }
        throw Failure(description: "the registry does not answer: \(self.output)")
    }

    /// Starts it with a file system of its own mounted at its data.
    /// - Parameter mount: a shell command; `$DATA` is the folder.
    func start(mounting mount: String, wrapper: [String] = []) throws {
        let script = "DATA=\(data); \(mount) && exec \"$@\""
        try start(wrapper: ["unshare", "-m", "--propagation", "private", "sh", "-ec", script, "sh"] + wrapper)
    }

    /// Ends it at once, as a crash does, and waits for that.
    func kill() {
        let process = running.withLock { running in
            defer { running = nil }
            return running
        }
        process?.end()
    }

    /// Runs a shell command in the process's mounts.
    @discardableResult
    func shell(_ command: String) throws -> String {
        try Self.run(["nsenter", "-m", "-t", "\(pid)", "sh", "-ec", "cd \(data); \(command)"])
    }

    /// Runs a program to its end.
    /// - Throws: what it said, when it failed.
    @discardableResult
    static func run(_ command: [String]) throws -> String {
        let output = "/tmp/dockmaster-said-\(getpid())-\(UUID().uuidString.prefix(8))"
        let process = try ChildRun(command, output: output)
        process.wait()
        let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        try? FileManager.default.removeItem(atPath: output)
        guard process.outcome == 0 else {
            throw Failure(description: "\(command.joined(separator: " ")): \(said)")
        }
        return said
    }
}
