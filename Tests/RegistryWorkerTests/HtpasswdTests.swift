import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import RegistryWorker

@Suite("An htpasswd file")
struct HtpasswdTests {
    /// "123" at cost 5.
    static let entry = "test:$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya\n"

    private func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    private func write(_ text: String, _ path: String, mode: mode_t = 0o640) throws {
        // Under a new name and renamed, as an editor does it: the stamp is another one.
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, mode)
    }

    @Test("lets in who is in it, for everything, and challenges others with Basic")
    func routes() async throws {
        let path = "/tmp/dockmaster-htpasswd-\(getpid())-routes"
        try write(Self.entry, path)
        defer { unlink(path) }
        try await TestRegistry { $0.access = .htpasswd(.init(realm: "Our registry", path: path)) }.run { client in
            let challenged = try await client.send(.get, "/v2/")
            #expect(challenged.status == .unauthorized && challenged.code == "UNAUTHORIZED")
            #expect(challenged.header(.wwwAuthenticate) == "Basic realm=\"Our registry\"")
            for wrong in [basic("test", "124"), basic("Test", "123"), basic("test", ""), "Bearer x", "Basic %%"] {
                let refused = try await client.send(.get, "/v2/", [.authorization: wrong])
                #expect(refused.status == .unauthorized && refused.header(.wwwAuthenticate) != nil)
            }
            let user: HTTPFields = [.authorization: basic("test", "123")]
            for path in ["/v2/", "/v2/_catalog"] { #expect(try await client.send(.get, path, user).status == .ok) }
            #expect(try await client.send(.post, "/v2/a/blobs/uploads/", user).status == .accepted)
            #expect(try await client.send(.post, "/v2/a/blobs/uploads/").status == .unauthorized)
        }
    }

    @Test("is taken up when it changes, and kept as it was when the change is faulty")
    func changes() async throws {
        let path = "/tmp/dockmaster-htpasswd-\(getpid())-changes"
        try write(Self.entry, path)
        defer { unlink(path) }
        let gate = try HtpasswdGate(.init(realm: "r", path: path), pool: PasswordPool(threads: 1))
        var now = ContinuousClock.now
        func mayEnter(_ user: String) async -> Bool {
            now += .seconds(2)
            return (try? await gate.admit(basic(user, "123"), at: now)) != nil
        }
        #expect(await mayEnter("test"))
        try write(Self.entry.replacing("test", with: "other"), path)
        #expect(await mayEnter("other"))
        #expect(await !mayEnter("test"))
        try write("other:plain\n", path)
        #expect(await mayEnter("other"))
        try write(Self.entry, path, mode: 0o644)
        #expect(await mayEnter("other"))
        try write("", path)
        #expect(await !mayEnter("other"))
    }

    @Test("of what is no user with a bcrypt hash is refused by its line, never by its text")
    func lines() throws {
        for (text, expected) in [
            ("x", "f:1: is not USER:HASH"), (":$2y$05$", "f:1: is not USER:HASH"),
            ("# who\n\nbob:$apr1$abc$def", "f:3: has no bcrypt hash"), ("bob:{SHA}abc", "has no bcrypt hash"),
            (Self.entry + Self.entry, "f:2: names a user for the second time"),
            (Self.entry.replacing("$05$", with: "$20$"), "would hold a core"),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try HtpasswdUsers(text, file: "f") }
            #expect(error?.description.contains(expected) == true, "\(text)")
            #expect(error?.description.contains("apr1") != true)
        }
        let users = try HtpasswdUsers("# comment\n\n" + Self.entry + "b:" + Self.entry.dropFirst(5), file: "f")
        #expect(users.count == 2 && users.hash(of: "b") != nil && users.decoy?.cost == 5)
    }

    @Test("that others may read, or a group may write, is refused with what to do")
    func modes() throws {
        let path = "/tmp/dockmaster-htpasswd-\(getpid())-modes"
        defer { unlink(path) }
        let node = ConfigurationNode.null
        for mode: mode_t in [0o644, 0o660, 0o604] {
            try write(Self.entry, path, mode: mode)
            let error = #expect(throws: ConfigurationError.self) { try HtpasswdUsers.read(path, at: node) }
            #expect(error?.remedy == "Run chmod 640 \(path)")
        }
        for mode: mode_t in [0o640, 0o600, 0o440] {
            try write(Self.entry, path, mode: mode)
            #expect(try HtpasswdUsers.read(path, at: node).count == 1)
        }
        let absent = #expect(throws: ConfigurationError.self) { try HtpasswdUsers.read("/nonexistent", at: node) }
        #expect(absent?.remedy.contains("htpasswd -Bc") == true)
    }
}
