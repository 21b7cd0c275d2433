import Foundation
import Testing

/// Debian's docker-registry 2.8 on the folder of a registry of ours, in turns with it.
struct PeerProcess {
    private let registry: RegistryProcess
    private var socket: String { "\(registry.folder)/peer.sock" }
    private var configuration: String { "\(registry.folder)/peer.yml" }
    private var output: String { "\(registry.folder)/peer.out" }
    private static let program = "docker-registry"

    init(beside registry: RegistryProcess) throws {
        self.registry = registry
        try """
        version: 0.1
        log: {level: warn}
        storage: {filesystem: {rootdirectory: \(registry.data)}, delete: {enabled: true}}
        http: {net: unix, addr: \(socket), secret: abc}
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// Runs `body` while the peer serves.
    func serve<Value>(_ body: (PlainClient) throws -> Value) throws -> Value {
        try? FileManager.default.removeItem(atPath: socket)
        let process = try ChildRun([Self.program, "serve", configuration], output: output)
        defer { process.end() }
        let client = PlainClient(socket: socket)
        for _ in 0..<6_000 {
            if (try? client.send("GET", "/v2/"))?.status == 200 { return try body(client) }
            guard process.isRunning else { break }
            usleep(5_000)
        }
        throw RegistryProcess.Failure(
            description:
                "docker-registry does not answer: \((try? String(contentsOfFile: output, encoding: .utf8)) ?? "")")
    }

    /// Its own `garbage-collect`, while nobody serves.
    func collect(_ options: String...) throws -> String {
        try RegistryProcess.run([Self.program, "garbage-collect"] + options + [configuration])
    }
}
