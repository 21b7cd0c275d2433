import BundleConfig
import Foundation

/// Certificates made by openssl, in a folder of their own.
struct TestAuthority {
    let folder: String

    init() throws {
        folder = "/tmp/proxy/authority-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    /// A self-signed certificate for host names.
    /// - Parameter key: `rsa:2048`, or a curve such as `P-256`.
    func certificate(_ names: [String], key: String) async throws -> ProxyConfiguration.Certificate {
        let file = "\(folder)/\(names[0])-\(key.filter { $0 != ":" })"
        let algorithm =
            key.hasPrefix("rsa") ? ["-newkey", key] : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:\(key)"]
        let result = try await Tool.run(
            "/usr/bin/openssl",
            ["req", "-x509"] + algorithm + [
                "-nodes", "-days", "3650", "-subj", "/CN=\(names[0])", "-addext",
                "subjectAltName=" + names.map { "DNS:\($0)" }.joined(separator: ","), "-keyout", "\(file).key", "-out",
                "\(file).pem",
            ])
        guard result.status == 0 else { throw Tool.Failure(text: result.output) }
        return .init(
            names: names, chain: try String(contentsOfFile: "\(file).pem", encoding: .utf8),
            key: Secret(try String(contentsOfFile: "\(file).key", encoding: .utf8)))
    }

    /// Makes an authority, `<name>.pem` and `<name>.key`, and gives its certificate.
    func makeAuthority(_ name: String, key: String = "rsa:2048") async throws -> String {
        let made = try await certificate([name], key: key)
        try made.chain.write(toFile: "\(folder)/\(name).pem", atomically: true, encoding: .utf8)
        try made.key.reveal().write(toFile: "\(folder)/\(name).key", atomically: true, encoding: .utf8)
        return made.chain
    }

    /// A certificate of an authority's: `<file>.pem` and `<file>.key`.
    /// - Parameters:
    ///   - subject: such as `/CN=alice`.
    ///   - extensions: lines of openssl's configuration.
    ///   - days: until it ends; negative for one that has ended.
    @discardableResult
    func issue(
        _ file: String, subject: String, from authority: String, extensions: [String] = [], days: Int = 3_650
    ) async throws -> (chain: String, key: String) {
        let path = "\(folder)/\(file)"
        try await Tool.openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-subj", subject,
            "-keyout", "\(path).key", "-out", "\(path).csr")
        try (extensions.joined(separator: "\n") + "\n").write(
            toFile: "\(path).ext", atomically: true, encoding: .utf8)
        try await Tool.openssl(
            "x509", "-req", "-in", "\(path).csr", "-CA", "\(folder)/\(authority).pem", "-CAkey",
            "\(folder)/\(authority).key", "-CAcreateserial", "-days", "\(days)", "-extfile", "\(path).ext", "-out",
            "\(path).pem")
        return (try text("\(file).pem"), try text("\(file).key"))
    }
}
