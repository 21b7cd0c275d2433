import ACMEAuthority
import BundleConfig
import Foundation
import Logging
import Synchronization
import Testing

@testable import CertificateWorker
@testable import ProxyWorker

/// An authority, a proxy that it asks, and a folder: what a keeper of certificates works with.
final class TestBench: Sendable {
    let folder: String
    let authority: ACMEAuthority
    let proxy: ProxyService
    let https: Int
    let http: Int
    let clock = TestClock()
    let log = CapturedLog()
    let events = Mutex<[CertificateKeeper.Event]>([])
    private let base: ACMEConfiguration

    static let names = ["registry.test", "www.registry.test"]

    static func start(
        _ names: [String] = names, _ change: (inout AuthorityOptions) -> Void = { _ in }
    ) async throws -> TestBench {
        let folder = "/tmp/acme/\(UUID().uuidString.prefix(8))"
        for name in ["run/proxy", "configuration/acme/\(names[0])"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for attempt in 0... {
            let https = Int.random(in: 30_000..<32_700)
            let configuration = try proxyConfiguration(folder, https, names)
            let file = "\(folder)/run/proxy/proxy.yml"
            try configuration.node().yaml().write(toFile: file, atomically: true, encoding: .utf8)
            let service = ProxyService(configuration: file, threads: 1)
            do {
                try await service.start()
            } catch  where attempt < 20 {
                continue
            }
            var options = AuthorityOptions(httpPort: https + 1, tlsPort: https)
            change(&options)
            let authority = try ACMEAuthority(options)
            let directory = try await authority.start()
            var base = ACMEConfiguration(
                directory: directory, domains: names,
                folders: .init(certificates: "\(folder)/configuration/acme", challenges: "\(folder)/run/proxy/acme"))
            base.trust = try await authority.root
            return TestBench(folder, authority, service, https, base)
        }
        throw CancellationError()
    }

    private init(
        _ folder: String, _ authority: ACMEAuthority, _ proxy: ProxyService, _ https: Int, _ base: ACMEConfiguration
    ) {
        self.folder = folder
        self.authority = authority
        self.proxy = proxy
        self.https = https
        self.base = base
        http = https + 1
    }

    /// What the worker is told.
    func configuration(_ change: (inout ACMEConfiguration) -> Void = { _ in }) -> ACMEConfiguration {
        var configuration = base
        change(&configuration)
        return configuration
    }

    /// - Parameter clock: nil for one whose sleeps are over at once.
    func keeper(
        clock other: (any WorkerClock)? = nil, _ change: (inout ACMEConfiguration) -> Void = { _ in }
    ) throws -> CertificateKeeper {
        let configuration = configuration(change)
        let transport = try HTTPTransport(trusting: configuration.trust)
        return CertificateKeeper(
            configuration: configuration, transport: transport, clock: other ?? clock, logger: log.logger, draw: { 0 }
        ) { [self] event in events.withLock { $0.append(event) } }
    }

    func stop() async {
        await proxy.drain(within: .zero)
        await authority.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Looking

    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
    }

    /// Every file below a folder, by its path from there.
    func files(_ name: String) -> [String] {
        let root = "\(folder)/\(name)"
        let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return all.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    /// Whether the proxy shows a certificate of the authority's for that name.
    func isServed(_ name: String) async throws -> Bool {
        try await authority.root.write(toFile: "\(folder)/root.pem", atomically: true, encoding: .utf8)
        return try await curl(name, ["--cacert", "\(folder)/root.pem"]).status == 0
    }

    /// The certificates that the proxy shows for a name, in curl's words.
    func certificates(_ name: String) async throws -> String {
        try await curl(name, ["-k", "-w", "%{certs}"]).output
    }

    private func curl(_ name: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments =
            ["-s", "--max-time", "10", "--resolve", "\(name):\(https):127.0.0.1", "-o", "/dev/null"] + arguments
            + ["https://\(name):\(https)/"]
        process.standardError = FileHandle.nullDevice
        let file = "\(folder)/curl-\(UUID().uuidString.prefix(8))"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: file)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return (process.terminationStatus, try String(contentsOfFile: file, encoding: .utf8))
    }

    private static func proxyConfiguration(
        _ folder: String, _ https: Int, _ names: [String]
    ) throws -> ProxyConfiguration {
        // Certificate and key in one text, each of which is read by what looks for it.
        let own = try ChallengeCertificate.make(for: names[0], authorization: "", now: SystemClock().now)
        let place = "\(folder)/configuration/acme/\(names[0])"
        var configuration = ProxyConfiguration(
            domain: names[0],
            listeners: [
                .init(name: "https", address: "127.0.0.1", port: https, tls: true),
                .init(name: "http", address: "127.0.0.1", port: https + 1, tls: false),
            ],
            certificates: [
                .init(
                    names: names, chain: own.reveal(), key: own,
                    files: .init(chain: "\(place)/chain.pem", key: "\(place)/key.pem", isAwaited: true))
            ],
            routes: [.init(prefix: "/", docroot: folder)], upstreams: [], httpsPort: https)
        configuration.logLevel = "critical"
        configuration.acmeChallenges = "\(folder)/run/proxy/acme"
        return configuration
    }
}

/// A clock whose sleeps are over at once.
final class TestClock: WorkerClock {
    private let time = Mutex(SystemClock().now)

    var now: Int { time.withLock(\.self) }

    func advance(_ seconds: Int) { time.withLock { $0 += seconds } }

    func sleep(for time: Duration) async throws {
        try Task.checkCancellation()
        advance(Int(time.components.seconds))
        await Task.yield()
    }
}

/// What was logged.
final class CapturedLog: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock(\.self) }

    var logger: Logger { Logger(label: "acme") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.kept.withLock { $0.append("\(event.level): \(event.message)") }
        }
    }
}

/// Waits until the condition holds, for up to 20 s.
func eventually(_ what: Comment, _ condition: () async throws -> Bool) async rethrows {
    for _ in 0..<2_000 {
        if try await condition() { return }
        try? await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what)
}
