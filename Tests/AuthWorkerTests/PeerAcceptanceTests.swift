import BundleConfig
import Foundation
import HTTPService
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("Debian's docker-registry 2.8", .timeLimit(.minutes(3)))
struct PeerAcceptanceTests {
    private let folder = "/tmp/dm-peer-\(UUID().uuidString.prefix(8))"

    private func token(_ key: String, isModern: Bool) async throws -> String {
        let file = """
            server: {addr: ":5001"}
            token: {issuer: a, expiration: 600, certificate: \(TestKeys.folder)/\(key).crt, \
            key: \(TestKeys.folder)/\(key).key, disable_legacy_key_id: \(isModern)}
            users: {"": {}}
            acl: [{match: {}, actions: ["*"]}]
            """
        let service = AuthService(
            try AuthSettings(try .parse(file, file: "auth.yml")), pool: PasswordPool(threads: 1),
            logger: Logger(label: "test"))
        let answer = await service.answer(
            IncomingRequest(method: "GET", target: "/auth?service=s&scope=repository:team/app:pull"),
            logger: Logger(label: "test"))
        return try JSONReader.read(answer.body).text("token")
    }

    /// The status of a list of tags with this token.
    private func status(_ token: String) throws -> String {
        let curl = Process()
        let output = Pipe()
        curl.executableURL = URL(filePath: "/usr/bin/curl")
        curl.arguments = [
            "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", "\(folder)/peer.sock", "-H",
            "Authorization: Bearer \(token)", "http://x/v2/team/app/tags/list",
        ]
        curl.standardOutput = output
        try curl.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        curl.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    @Test("takes our tokens of every algorithm, under both key ids, and no changed one")
    func algorithms() async throws {
        let keys = ["rsa", "rsa4", "p256", "p384", "p521"]
        try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
        let bundle = try keys.map { try TextFile.read("\(TestKeys.folder)/\($0).crt") }.joined(separator: "\n")
        try Data(bundle.utf8).write(to: URL(filePath: "\(folder)/bundle.pem"))
        let configuration = """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(folder)/data}}
            http: {addr: \(folder)/peer.sock, net: unix}
            auth: {token: {realm: "http://x/auth", service: s, issuer: a, rootcertbundle: \(folder)/bundle.pem}}
            """
        try Data(configuration.utf8).write(to: URL(filePath: "\(folder)/peer.yml"))
        let peer = Process()
        peer.executableURL = URL(filePath: "/usr/bin/docker-registry")
        peer.arguments = ["serve", "\(folder)/peer.yml"]
        peer.standardError = FileHandle.nullDevice
        peer.standardOutput = FileHandle.nullDevice
        try peer.run()
        defer { peer.terminate() }
        while try status("none") == "000" { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try status("none") == "401")
        for key in keys {
            for isModern in [false, true] {
                let token = try await token(key, isModern: isModern)
                // Nobody has pushed: there is no such repository, which only who may pull it learns.
                #expect(try status(token) == "404", "\(key), modern key id: \(isModern)")
                let parts = token.split(separator: ".")
                #expect(try status("\(parts[0]).\(parts[1]).\(parts[2].reversed().map(String.init).joined())") == "401")
            }
        }
    }
}
