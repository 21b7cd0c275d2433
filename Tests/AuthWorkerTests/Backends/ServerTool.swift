import Foundation
import Testing

/// The servers that the tests sign in by, started with the scripts of ../shared/tools.
enum ServerTool {
    private static let repository = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

    /// Runs `tools/NAME ARGUMENT`, and expects it to go well.
    static func run(_ name: String, _ argument: String, _ environment: [String: String]) async throws {
        let status = try await shell(
            "bash \(repository)/../shared/tools/\(name) \(argument)", environment: environment)
        try #require(status == 0, "\(name) \(argument)")
    }

    /// Runs a command of bash; its output goes nowhere.
    @discardableResult
    static func shell(_ command: String, environment: [String: String] = [:]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        // Foundation sees the end of a process when the last one closes what it has opened for it: a server that stays must
        // not have it.
        let closing = "for f in /proc/$$/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done; "
        process.arguments = ["-c", closing + command]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { done in
            process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                done.resume(throwing: error)
            }
        }
    }

    /// Tries again until it holds; the suite's time limit ends it otherwise.
    static func wait(until holds: () async throws -> Bool) async throws {
        while try await !holds() { try await Task.sleep(for: .milliseconds(50)) }
    }
}
