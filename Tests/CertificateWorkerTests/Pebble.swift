import Foundation
import Glibc

/// Let's Encrypt's own test authority, for which every name is 127.0.0.1.
final class Pebble: Sendable {
    private let processes: [Process]
    let directory: String
    static let externalAccount = (id: "kid-1", key: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W")

    /// - Parameters:
    ///   - identity: PEM: what its server shows as `localhost`.
    ///   - ports: where it asks for http-01 and tls-alpn-01.
    static func start(
        in folder: String, identity: (chain: String, key: String), ports: (http: Int, tls: Int),
        needsExternalAccount: Bool = false
    ) async throws -> Pebble {
        for tool in ["pebble", "pebble-challtestsrv"] where access("/usr/bin/\(tool)", X_OK) != 0 {
            throw Missing(tool: "/usr/bin/\(tool)")
        }
        try identity.chain.write(toFile: "\(folder)/pebble.pem", atomically: true, encoding: .utf8)
        try identity.key.write(toFile: "\(folder)/pebble.key", atomically: true, encoding: .utf8)
        let free = try freePorts(4)
        try """
        {"pebble": {"listenAddress": "127.0.0.1:\(free[0])", "managementListenAddress": "127.0.0.1:\(free[1])",
          "certificate": "\(folder)/pebble.pem", "privateKey": "\(folder)/pebble.key", "httpPort": \(ports.http),
          "tlsPort": \(ports.tls), "ocspResponderURL": "", "externalAccountBindingRequired": \(needsExternalAccount),
          "externalAccountMACKeys": {"\(externalAccount.id)": "\(externalAccount.key)"}}}
        """.write(toFile: "\(folder)/pebble.json", atomically: true, encoding: .utf8)
        let names = try run(
            "/usr/bin/pebble-challtestsrv",
            [
                "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-dns01", "127.0.0.1:\(free[2])",
                "-management", "127.0.0.1:\(free[3])",
            ], folder)
        // A fifth of all nonces is not taken; authorizations are used again where there are some.
        let pebble = try run(
            "/usr/bin/pebble",
            ["-strict", "-config", "\(folder)/pebble.json", "-dnsserver", "127.0.0.1:\(free[2])"], folder,
            ["PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "20", "PEBBLE_AUTHZREUSE": "100"])
        return Pebble([names, pebble], "https://localhost:\(free[0])/dir")
    }

    private init(_ processes: [Process], _ directory: String) {
        self.processes = processes
        self.directory = directory
    }

    /// Different ones, that nobody listens on.
    private static func freePorts(_ count: Int) throws -> [Int] {
        var descriptors: [CInt] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        return try (0..<count).map { _ in
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw Missing(tool: "a socket") }
            descriptors.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
                }
            }
            guard status == 0 else { throw Missing(tool: "a free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    func stop() {
        for process in processes { process.terminate() }
    }

    private static func run(
        _ program: String, _ arguments: [String], _ folder: String, _ environment: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        let log = "\(folder)/\(URL(fileURLWithPath: program).lastPathComponent).log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = FileHandle(forWritingAtPath: log)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }

    struct Missing: Error, CustomStringConvertible {
        var tool: String
        var description: String { "\(tool) is missing: etc/install-packages test" }
    }
}
