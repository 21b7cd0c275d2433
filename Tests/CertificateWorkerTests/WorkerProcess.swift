import BundleConfig
import Foundation
import Testing

/// The binary itself, which the kernel confines from its start on.
final class WorkerProcess {
    private let process = Process()
    private let file: String
    private let ended: AsyncStream<Void>

    private static var binary: String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ".build/debug/x"
        let upTo = bundle.split(separator: "/", omittingEmptySubsequences: false).prefix { !$0.contains(".xctest") }
        return upTo.joined(separator: "/") + "/dockmaster-acme"
    }

    /// Where the worker reads what it is told.
    static func config(_ folder: String) -> String { "\(folder)/run/acme/acme.yml" }

    static func write(_ configuration: ACMEConfiguration, _ folder: String) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/run/acme", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: configuration.folders.challenges, withIntermediateDirectories: true)
        try configuration.node().yaml().write(toFile: config(folder), atomically: true, encoding: .utf8)
    }

    /// - Parameter script: what a shell does, in a mount namespace of its own, before it becomes the worker; `$WORKER` is the
    ///   worker's command line.
    init(_ folder: String, _ arguments: [String] = [], script: String? = nil) throws {
        file = "\(folder)/log-\(UUID().uuidString.prefix(8))"
        if let script {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
            let worker = "WORKER='\(Self.binary) --config \(Self.config(folder))'"
            process.arguments = ["--mount", "/bin/sh", "-ec", "\(worker)\n\(script)"]
        } else {
            process.executableURL = URL(fileURLWithPath: Self.binary)
            process.arguments = ["--config", Self.config(folder)] + arguments
        }
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: file)
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        ended = stream
        process.terminationHandler = { _ in end.finish() }
        try process.run()
    }

    var log: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func isConfined() throws -> Bool {
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/task")
        return try tasks.allSatisfy { task in
            let status = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/task/\(task)/status", encoding: .utf8)
            return status.contains("NoNewPrivs:\t1\n") && status.contains("CapEff:\t0000000000000000\n")
        }
    }

    /// Waits for its end.
    func status() async -> Int32 {
        for await _ in ended {}
        return process.terminationStatus
    }
}
