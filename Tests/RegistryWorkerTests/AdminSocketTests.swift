import BundleLog
import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("The administrator's socket")
struct AdminSocketTests {
    private struct Broken: Error {}

    private let routes = [
        AdminRoute(.get, "/v1/answer", "an object") { request in
            var object = JSONLine()
            object.add("dry", try request.flag("dry_run"))
            return AdminAnswer.json(object)
        },
        AdminRoute(.post, "/v1/lines", "lines") { _ in
            AdminAnswer.lines { tell in
                for number in 0..<3 {
                    var line = JSONLine()
                    line.add("n", number)
                    tell(line)
                }
                throw AdminProblem("enough", remedy: "none")
            }
        },
        AdminRoute(.post, "/v1/broken", "fails") { _ in throw Broken() },
    ]

    @Test("answers what its rooms offer, and tells what else is asked what there is")
    func routing() async throws {
        try await Application(responder: AdminSocket.responder(routes)).test(.router) { client in
            try await client.execute(uri: "/v1/answer?dry_run", method: .get) {
                #expect($0.text == "{\"dry\":true}\n" && $0.status == .ok)
            }
            try await client.execute(uri: "/v1/answer?dry_run=perhaps", method: .get) {
                #expect($0.status == .badRequest && $0.text.contains("\"remedy\":\"give true or false\""))
            }
            try await client.execute(uri: "/v1/lines", method: .post) {
                #expect($0.text == "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"problem\":\"enough\",\"remedy\":\"none\"}\n")
            }
            try await client.execute(uri: "/v1/lines", method: .get) { #expect($0.status == .methodNotAllowed) }
            try await client.execute(uri: "/v1/broken", method: .post) { #expect($0.status == .internalServerError) }
            try await client.execute(uri: "/nothing", method: .get) { #expect($0.status == .notFound) }
            try await client.execute(uri: "/", method: .get) { #expect($0.text.contains("/v1/lines")) }
        }
    }

    @Test("stands beside the registry's own, for its owner alone, and takes the place of a predecessor's")
    func place() async throws {
        #expect(AdminSocket.path(named: "registry-admin.sock", beside: .tcp(host: "::", port: 1)) == nil)
        let folder = "/tmp/dm-\(UploadID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try #require(
            AdminSocket.path(named: "registry-admin.sock", beside: .unix(path: "\(folder)/registry.sock")))
        #expect(path == "\(folder)/registry-admin.sock")
        let logger = Logger(label: "test")
        let first = AdminSocket(path: path, routes: routes, logger: logger)
        try await first.start()
        let second = AdminSocket(path: path, routes: routes, logger: logger)
        try await second.start()
        await first.drain(within: .zero)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["registry-admin.sock"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        await second.drain(within: .zero)
    }
}
