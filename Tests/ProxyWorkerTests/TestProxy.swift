import BundleConfig
import Foundation

@testable import ProxyWorker

/// A proxy that serves on 127.0.0.1, with a fake upstream behind it and a folder of its own.
final class TestProxy: Sendable {
    let folder: String
    let https: Int
    let http: Int
    let upstream: FakeUpstream
    let service: ProxyService

    static func start(_ change: (inout ProxyConfiguration) -> Void = { _ in }) async throws -> TestProxy {
        let folder = "/tmp/proxy/\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: "\(folder)/www", withIntermediateDirectories: true)
        let upstream = try await FakeUpstream.start(at: "\(folder)/up.sock")
        for attempt in 0... {
            let https = Int.random(in: 20_000..<29_990)
            let configuration = Self.configuration(folder, https, change)
            try Self.write(configuration, folder)
            let service = ProxyService(configuration: "\(folder)/proxy.yml", threads: 2)
            do {
                try await service.start()
                return TestProxy(folder: folder, https: https, upstream: upstream, service: service)
            } catch  where attempt < 20 {
                continue
            }
        }
        throw CancellationError()
    }

    private init(folder: String, https: Int, upstream: FakeUpstream, service: ProxyService) {
        self.folder = folder
        self.https = https
        http = https + 1
        self.upstream = upstream
        self.service = service
    }

    func stop() async {
        await service.drain(within: .zero)
        await upstream.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func reload(_ change: (inout ProxyConfiguration) -> Void) async throws {
        try Self.write(Self.configuration(folder, https, change), folder)
        try await service.reload()
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }

    func link(_ destination: String, _ name: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: destination)
    }

    /// Runs curl, which trusts nothing here but asks nothing either, and gives what it printed.
    func curl(_ arguments: String...) async throws -> (status: Int32, output: String) {
        try await curl(arguments: arguments)
    }

    func curl(arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = ["-sk", "--max-time", "20"] + arguments
        let name = "\(folder)/curl-\(UUID().uuidString.prefix(8))"
        _ = FileManager.default.createFile(atPath: name, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: name)
        process.standardError = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return (
            process.terminationStatus,
            String(decoding: FileManager.default.contents(atPath: name) ?? Data(), as: UTF8.self)
        )
    }

    func url(_ path: String) -> String { "https://localhost:\(https)\(path)" }

    private static func configuration(
        _ folder: String, _ https: Int, _ change: (inout ProxyConfiguration) -> Void
    ) -> ProxyConfiguration {
        var configuration = ProxyConfiguration(
            domain: "a.test",
            listeners: [
                .init(name: "https", address: "127.0.0.1", port: https, tls: true),
                .init(name: "http", address: "127.0.0.1", port: https + 1, tls: false),
            ],
            certificates: [TestCertificates.a],
            routes: [
                .init(prefix: "/v2/", upstream: "registry"),
                .init(prefix: "/authserver/", strip: true, upstream: "registry"),
                .init(prefix: "/", docroot: "\(folder)/www"),
            ],
            upstreams: [.init(name: "registry", socket: "\(folder)/up.sock")], httpsPort: https)
        configuration.logLevel = "critical"
        change(&configuration)
        return configuration
    }

    private static func write(_ configuration: ProxyConfiguration, _ folder: String) throws {
        try configuration.node().yaml().write(toFile: "\(folder)/proxy.yml", atomically: true, encoding: .utf8)
    }
}
