import BundleConfig
import Foundation
import NIOHTTP1
import Testing

@testable import ProxyWorker

@Suite("The binary dockmaster-proxy", .timeLimit(.minutes(1)))
struct BinaryTests {
    private static var binary: String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ".build/debug/x"
        let upTo = bundle.split(separator: "/", omittingEmptySubsequences: false).prefix { !$0.contains(".xctest") }
        return upTo.joined(separator: "/") + "/dockmaster-proxy"
    }

    /// Runs until `stop` has had its say, and gives the exit status and what stood on standard error.
    static func run(
        _ arguments: [String], log: String, while stop: (Process) async throws -> Void = { _ in }
    ) async throws -> (status: Int32, log: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        try await stop(process)
        for await _ in ended {}
        return (process.terminationStatus, try String(contentsOfFile: log, encoding: .utf8))
    }

    @Test("outlives SIGHUP with its new configuration, and ends with 0 on SIGTERM")
    func signals() async throws {
        let proxy = try await TestProxy.start()
        let port = proxy.https
        await proxy.service.drain(within: .zero)
        let config = "\(proxy.folder)/proxy.yml"
        try String(contentsOfFile: config, encoding: .utf8).replacingOccurrences(of: "critical", with: "info")
            .write(toFile: config, atomically: true, encoding: .utf8)
        let result = try await Self.run(["--config", config], log: "\(proxy.folder)/log") { process in
            let url = "https://localhost:\(port)/v2/x"
            #expect(
                try await proxy.curl("--retry", "20", "--retry-all-errors", "--retry-delay", "1", url).output == "/v2/x"
            )
            kill(process.processIdentifier, SIGHUP)
            for _ in 0..<500 {
                if try String(contentsOfFile: "\(proxy.folder)/log", encoding: .utf8).contains("reloaded") { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await proxy.curl(url).output == "/v2/x")
            let manifest = "https://localhost:\(port)/v2/team/app/manifests/1?token=geheim"
            _ = try await proxy.curl("--tlsv1.3", "-u", "alice:geheim", manifest)
            process.terminate()
        }
        #expect(result.status == 0, "\(result.log.suffix(4_000))")
        #expect(result.log.contains(#""msg":"GET /v2/x → 200 in "#))
        #expect(result.log.contains("reloaded its configuration"))
        let line = try #require(result.log.split(separator: "\n").first { $0.contains("/v2/team/app") })
        for field in [
            #""user":"alice""#, #""repository":"team/app""#, #""tls":"TLSv1.3""#, #""protocol":"HTTP/2""#,
            #""upstream":"registry""#,
            #""upstream_ms":"#, #""duration_ms":"#, #""request_id":""#, #""bytes":"#, #""bytes_in":0"#,
            #""status":200"#,
            #""remote":"127.0.0.1""#,
        ] { #expect(line.contains(field), "\(field) in \(line)") }
        #expect(!result.log.contains("geheim"))
        await proxy.stop()
    }

    @Test("finishes on SIGQUIT what it has begun, however slowly it moves, and serves nobody new")
    func retirement() async throws {
        let proxy = try await TestProxy.start()
        let port = proxy.https
        await proxy.service.drain(within: .zero)
        let config = "\(proxy.folder)/proxy.yml"
        let result = try await Self.run(["--config", config], log: "\(proxy.folder)/log") { process in
            try await eventually("it serves") {
                try await proxy.curl("https://localhost:\(port)/v2/x").output == "/v2/x"
            }
            let slow = try await RawClient.connect(port: port)
            #expect(try await slow.ask("GET /v2/y HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("/v2/y"))
            await slow.stopReading()
            try await slow.send("GET /v2/large HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await proxy.upstream.waits { $0.requests.contains { $0.uri == "/v2/large" } })
            kill(process.processIdentifier, SIGQUIT)
            try await eventually("nobody new is served") {
                try await proxy.curl("https://localhost:\(port)/v2/x").status == 7
            }
            // A stop gives it 25 s more, and does not cut what moves.
            kill(process.processIdentifier, SIGTERM)
            await slow.startReading()
            await eventually("all of it comes") { slow.count > 64 << 20 }
            await slow.close()
        }
        #expect(result.status == 0, "\(result.log.suffix(4_000))")
        await proxy.stop()
    }

    @Test("checks a configuration and says what is wrong with it")
    func check() async throws {
        let proxy = try await TestProxy.start()
        let config = "\(proxy.folder)/proxy.yml"
        #expect(try await Self.run(["--config", config, "--check"], log: "\(proxy.folder)/log").status == 0)
        try proxy.write("domain: a\nlimitz: {}\n", to: "bad.yml")
        let bad = try await Self.run(["--config", "\(proxy.folder)/bad.yml", "--check"], log: "\(proxy.folder)/log")
        #expect(bad.status == 1)
        #expect(bad.log.contains("bad.yml:2") && bad.log.contains("limits"))
        #expect(!bad.log.contains("PRIVATE KEY"))
        await proxy.stop()
    }
}
