import Foundation
import HTTPService
import Testing

@testable import AuthWorker

@Suite("An htpasswd file that signs in")
struct HtpasswdBackendTests {
    /// "123" at cost 5.
    private static let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"

    @Test("knows its users, is asked after the configuration's, and takes up changes")
    func users() async throws {
        let folder = try BackendFolder()
        let file = try folder.write("htpasswd", "test:\(Self.hash)\nadmin:\(Self.hash)\n")
        let state = try BackendFolder.state(
            "users: {admin: {password: \"\(Self.hash.replacing("ya", with: "yb"))\"}}\n"
                + "htpasswd_auth: {path: \(file)}\nacl: []")
        #expect(await state.signIn("test", "123") == .signedIn(labels: .none))
        #expect(await state.signIn("test", "124") == .wrongPassword)
        #expect(await state.signIn("ghost", "123") == .unknownAccount)
        #expect(await state.signIn("", "") == .unknownAccount)
        #expect(await state.signIn("admin", "123") == .wrongPassword)
        try folder.write("htpasswd", "other:\(Self.hash)\n")
        while await state.signIn("other", "123") != .signedIn(labels: .none) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(await state.signIn("test", "123") == .unknownAccount)
    }

    @Test("is refused when it is not there, others may read it, or a hash is not bcrypt's")
    func configuration() throws {
        let folder = try BackendFolder()
        func problems(_ file: String) -> String { BackendFolder.problems("acl: []\nhtpasswd_auth: {path: \(file)}") }
        #expect(problems("\(folder.path)/none").contains("is not there"))
        #expect(problems(try folder.write("wide", "a:\(Self.hash)\n", mode: 0o644)).contains("has the mode 0644"))
        #expect(problems(try folder.write("md5", "a:$apr1$x$y\n")).contains("has no bcrypt hash"))
        #expect(problems(try folder.write("good", "a:\(Self.hash)\n")) == "")
        #expect(BackendFolder.problems("acl: []\nhtpasswd_auth: {}").contains("names no file"))
    }
}
