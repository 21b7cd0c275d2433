import Foundation

/// Runs a program of the machine and gives what it printed, both streams together.
enum Tool {
    static func run(_ program: String, _ arguments: [String], input: String = "") async throws -> (
        status: Int32, output: String
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let name = NSTemporaryDirectory() + "/command-\(UUID().uuidString)"
        for suffix in ["in", "out"] { _ = FileManager.default.createFile(atPath: "\(name).\(suffix)", contents: nil) }
        defer { for suffix in ["in", "out"] { try? FileManager.default.removeItem(atPath: "\(name).\(suffix)") } }
        try input.write(toFile: "\(name).in", atomically: false, encoding: .utf8)
        process.standardInput = FileHandle(forReadingAtPath: "\(name).in")
        let output = FileHandle(forWritingAtPath: "\(name).out")
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        let data = FileManager.default.contents(atPath: "\(name).out") ?? Data()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// What `openssl` prints; its failure is the test's.
    @discardableResult
    static func openssl(_ arguments: String...) async throws -> String {
        let result = try await run("/usr/bin/openssl", arguments)
        guard result.status == 0 else { throw Failure(text: "openssl \(arguments): \(result.output)") }
        return result.output
    }

    /// A connection of `openssl s_client`, over which a request goes; everything it says.
    /// - Parameter request: none for a handshake alone.
    static func client(port: Int, _ arguments: [String], request: String = "") async throws -> String {
        try await run(
            "/usr/bin/timeout",
            ["20", "/usr/bin/openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + arguments,
            input: request
        ).output
    }

    struct Failure: Error, CustomStringConvertible {
        var text: String
        var description: String { text }
    }
}
