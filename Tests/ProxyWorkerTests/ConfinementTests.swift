import BundleConfig
import Foundation
import Testing

@testable import ProxyWorker

/// The binary itself, which the kernel confines from its start on.
@Suite("A confined proxy", .timeLimit(.minutes(1)))
struct ConfinementTests {
    @Test("gets EACCES for the token key, /etc/shadow, a manifest and other workers' files, and cannot write anywhere")
    func files() async throws {
        let folder = "/tmp/proxy/\(UUID().uuidString.prefix(8))"
        let manifest = "\(folder)/data/images/docker/registry/v2/blobs/sha256/aa/aaaa/data"
        for file in ["run/auth.yml", "configuration/token.key", "ca/ca.key", "www/index.html", "tls/tls.crt"] {
            try Self.write("x", "\(folder)/\(file)")
        }
        try Self.write("{}", manifest)
        var configuration = ProxyConfiguration(
            domain: "a.test", listeners: [.init(name: "https", address: "127.0.0.1", port: 4_443, tls: true)],
            certificates: [TestCertificates.a],
            routes: [.init(prefix: "/", docroot: "\(folder)/www")], upstreams: [], httpsPort: 4_443)
        configuration.certificates[0].files = .init(chain: "\(folder)/tls/tls.crt", key: "\(folder)/tls/tls.key")
        let config = "\(folder)/run/proxy/proxy.yml"
        try Self.write(configuration.node().yaml(), config)
        let refused = [
            "/etc/shadow", "\(folder)/configuration/token.key", "\(folder)/ca/ca.key", "\(folder)/run/auth.yml",
            manifest,
            "/proc/1/environ", "/etc/passwd",
        ]
        let allowed = [config, "\(folder)/www/index.html", "\(folder)/tls/tls.crt"]
        let result = try await BinaryTests.run(
            ["--config", config] + (refused + allowed).flatMap { ["--probe", $0] }, log: "\(folder)/log")
        #expect(!result.log.contains("note:"), "\(result.log)")
        for path in refused { #expect(result.log.contains("read \(path): EACCES\n"), "\(path): \(result.log)") }
        for path in allowed { #expect(result.log.contains("read \(path): open\n"), "\(path): \(result.log)") }
        for path in refused + allowed { #expect(result.log.contains("write \(path): EACCES\n"), "\(path)") }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("serves files, administrators and a renewed certificate without a privilege left in any thread")
    func serving() async throws {
        let www = "/tmp/proxy/\(UUID().uuidString.prefix(8))-www"
        try Self.write("hello", "\(www)/hello.txt")
        let certificates = try CertificateFolder()
        try certificates.write(TestCertificates.a)
        let proxy = try await TestProxy.start {
            $0.routes.append(.init(prefix: "/files/", strip: true, docroot: www))
            $0.certificates[0].files = certificates.files
            $0.adminSocket = "\(certificates.folder)/proxy-admin.sock"
        }
        let (port, folder) = (proxy.https, proxy.folder)
        await proxy.service.drain(within: .zero)
        let result = try await BinaryTests.run(["--config", "\(folder)/proxy.yml"], log: "\(folder)/log") { process in
            let url = "https://localhost:\(port)"
            try await eventually("it serves") {
                try await proxy.curl("\(url)/files/hello.txt").output == "hello"
            }
            #expect(try await proxy.curl("\(url)/v2/x").output == "/v2/x")
            for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/task") {
                let status = try String(
                    contentsOfFile: "/proc/\(process.processIdentifier)/task/\(task)/status", encoding: .utf8)
                for line in ["NoNewPrivs:\t1", "CapEff:\t0000000000000400", "CapInh:\t0000000000000000"] {
                    #expect(status.contains(line + "\n"), "\(line) of \(task)")
                }
            }
            let admin = ["--unix-socket", "\(certificates.folder)/proxy-admin.sock"]
            let metrics = try await proxy.curl(arguments: admin + ["http://admin/metrics"]).output
            #expect(metrics.contains("nginx_http_requests_total 2\n"), "\(metrics)")
            let status = try await proxy.curl(arguments: admin + ["http://admin/status"]).output
            #expect(status.contains(#""certificates":[{"name":"a.test","ends":"2126-10-31""#), "\(status)")
            #expect(
                try await proxy.curl(arguments: admin + ["-w", "%{http_code}", "http://admin/x"]).output.hasSuffix(
                    "404"))
            try certificates.rename(TestCertificates.b)
            try await eventually("the renewed certificate is served") {
                try await proxy.curl("-o", "/dev/null", "-w", "%{certs}", "\(url)/v2/x").output.contains("CN = b.test")
            }
            process.terminate()
        }
        #expect(result.status == 0, "\(result.log)")
        try FileManager.default.removeItem(atPath: www)
        await proxy.stop()
    }

    private static func write(_ text: String, _ path: String) throws {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
