import Foundation
import RegistryToken
import TextFormats
import Testing

/// The built programs: `dockmaster user|key|acl` beside a running `dockmaster-auth`.
@Suite("Account commands", .timeLimit(.minutes(3)))
struct AccountCommandsTests {
    private let folder = "/tmp/dm-acc-\(UUID().uuidString.prefix(8))"
    private let programs = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/.build/debug"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = """
            server: {addr: \(folder)/auth.sock, net: unix, real_ip_header: X-Real-IP}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, key: \(TestKeys.folder)/p256.key}
            users: {filed: {password: "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"}}
            database: \(folder)/auth.sqlite
            acl: [{match: {account: alice, name: "team/*"}, actions: ["*"]}]
            """
        try Data(file.utf8).write(to: URL(filePath: "\(folder)/auth.yml"))
    }

    /// - Returns: the exit status and what was printed on both streams.
    private func run(_ program: String, _ arguments: [String], input: String = "") throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(filePath: program.hasPrefix("/") ? program : "\(programs)/\(program)")
        process.arguments = arguments
        process.environment = ["DOCKMASTER_RUN": folder, "PATH": "/usr/bin:/bin"]
        let (source, sink) = (Pipe(), Pipe())
        process.standardInput = source
        process.standardOutput = sink
        process.standardError = sink
        try process.run()
        try source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try source.fileHandleForWriting.close()
        let output = try sink.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private func command(_ words: String..., input: String = "") throws -> (Int32, String) {
        try run("dockmaster", words, input: input)
    }

    /// The status of a token request.
    private func status(_ user: String, _ password: String) throws -> String {
        let (_, text) = try run(
            "/usr/bin/curl",
            [
                "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", "\(folder)/auth.sock", "-u",
                "\(user):\(password)", "-H", "X-Real-IP: 10.0.0.1", "http://x/auth?service=s",
            ])
        return text
    }

    @Test("add, change and remove users and keys at once, and tell what is wrong")
    func accounts() async throws {
        let worker = Process()
        worker.executableURL = URL(filePath: "\(programs)/dockmaster-auth")
        worker.arguments = ["--config", "\(folder)/auth.yml"]
        worker.standardError = FileHandle.nullDevice
        try worker.run()
        defer { if worker.isRunning { worker.terminate() } }
        while !FileManager.default.fileExists(atPath: "\(folder)/auth-admin.sock") {
            try await Task.sleep(for: .milliseconds(20))
        }

        #expect(
            try command("user", "add", "alice", "--label", "team=web", input: "first\n") == (0, "added user alice\n"))
        #expect(try status("alice", "first") == "200")
        let again = try command("user", "add", "alice", input: "x\n")
        #expect(again.0 == 1 && again.1.contains("user alice exists already"))
        #expect(try command("user", "add", "filed", input: "x\n").1.contains("is one of the configuration file"))
        #expect(try command("user", "add", "bob").1.contains("no password was given"))
        #expect(try command("user", "passwd", "alice", input: "second\n").0 == 0)
        #expect(try status("alice", "first") == "401")
        #expect(try status("alice", "second") == "200")
        let list = try command("user", "list").1
        #expect(list.contains("alice") && list.contains("filed") && !list.contains("$2"))

        let (code, key) = try command("key", "add", "alice", "ci", "--repository", "team/*", "--actions", "pull")
        #expect(code == 0 && key.hasPrefix("dmk_"))
        let secret = key.trimmingCharacters(in: .newlines)
        #expect(try status("alice", secret) == "200")
        let keys = try command("key", "list").1
        #expect(keys.contains("team/*") && !keys.contains(secret))
        #expect(try command("key", "add", "ghost", "ci").1.contains("has a user ghost"))
        #expect(try command("key", "revoke", "alice", "ci").0 == 0)
        #expect(try status("alice", secret) == "401")
        #expect(try command("user", "remove", "alice").0 == 0)
        #expect(try status("alice", "second") == "401")

        let explained = try command("acl", "explain", "alice", "repository:team/x:pull")
        #expect(explained.0 == 0 && explained.1.contains("rule 0 (\(folder)/auth.yml:5) decides"))
        #expect(try command("acl", "lint").1 == "1 rule(s), 0 finding(s)\n")
        let evaluated = try command("acl", "evaluate", input: #"{"acl":[{"match":{},"actions":["pull"]}]}"# + "\n")
        #expect(evaluated.1 == #"{"error":null}"# + "\n")
    }
}
