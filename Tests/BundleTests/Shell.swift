import Foundation
import Glibc

/// Runs commands as a person at a terminal would, with a time limit, and keeps what they printed.
enum Shell {
    /// The environment of every command: ours, less what would configure a bundle or a docker client.
    static let environment = ProcessInfo.processInfo.environment.filter { name, _ in
        !name.hasPrefix("DOCKMASTER_") && !name.hasPrefix("DOCKER_") && !name.hasPrefix("REGISTRY_")
    }

    /// Runs a bash script.
    /// - Never fails for an exit code: look at the result.
    /// - Limit: after it the script and what it started are ended; the status is then 124 (137 if it had to be killed).
    static func run(
        _ script: String, environment extra: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> CommandResult {
        let folder = try TestFolder(named: "shell")
        defer { folder.remove() }
        let process = try start(script, environment: extra, within: limit, log: folder.path)
        let status = try await process.wait(within: limit + .seconds(10))
        return CommandResult(
            script: script, status: status, output: folder.text("output"), errors: folder.text("errors"))
    }

    /// Runs a bash script that must succeed.
    @discardableResult
    static func check(
        _ script: String, environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> CommandResult {
        let result = try await run(script, environment: environment, within: limit)
        guard result.succeeded else { throw BundleTestError.failed(result) }
        return result
    }

    /// Starts a bash script in the background; its output goes to `log`/output and `log`/errors.
    static func start(
        _ script: String, environment extra: [String: String] = [:], within limit: Duration, log: String
    ) throws -> TestProcess {
        try TestProcess(
            ["timeout", "-k", "5", "\(limit.components.seconds)", "bash", "-c", "set -o pipefail; " + script],
            environment: environment.merging(extra) { _, new in new },
            output: log + "/output", errors: log + "/errors")
    }

    /// Refuses to go on without the tools a test is about: a missing tool is a failure, never a skip.
    static func require(_ tools: String...) throws {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        for tool in tools where !folders.contains(where: { access("\($0)/\(tool)", X_OK) == 0 }) {
            throw BundleTestError.missingTool(tool)
        }
    }

    /// Asks again until the answer is yes.
    static func eventually(
        within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try await condition()
    }
}
