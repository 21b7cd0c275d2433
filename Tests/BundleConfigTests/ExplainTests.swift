import Foundation
import Testing

@testable import BundleConfig

@Suite("A worker's refusal")
struct ExplainTests {
    @Test("is told of the line and the key that a person wrote")
    func explain() throws {
        let folder = NSTemporaryDirectory() + "dockmaster-explain-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/dockmaster.yaml"
        let text = """
            domain: localhost
            users: {admin: {password: "$2y$05$LO.vzwpWC5LZGqThvEfznu8qhb5SGqvBSWY1J3yZ4AxtMRZ3kN5jC"}}
            acl:
              - match: {account: admin}
                actions: ["*"]
              - match:
                  name: "/(/"
                actions: [pull]
            """
        #expect(
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        let configuration = try BundleConfiguration.load(
            BundleOptions(config: file, data: folder + "/data", logs: folder + "/log", run: folder + "/run"))
        let rendered = RenderedFile(name: "auth.yml", path: "/run/auth.yml.new", contents: "", masked: "")
        #expect(
            configuration.explain("/run/auth.yml.new:12: acl[1].match.name: is no regular expression", of: rendered)
                == "\(file):7: acl[1].match.name: is no regular expression")
        #expect(
            configuration.explain("/run/auth.yml.new:3: token.expiration: is not positive", of: rendered)
                == "\(file):1: auth.token.expiration: is not positive")
        #expect(configuration.explain("Segmentation fault", of: rendered) == "Segmentation fault")
    }
}
