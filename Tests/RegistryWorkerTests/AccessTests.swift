import HTTPTypes
import HummingbirdTesting
import RegistryModel
import RegistryToken
import Testing

@testable import RegistryWorker

@Suite("The token gate")
struct AccessTests {
    private static let realm = "Bearer realm=\"https://registry.test/authserver/auth\",service=\"registry.test\""

    @Test(
        "challenges with just the scopes that the request needs",
        arguments: [
            (HTTPRequest.Method.get, "/v2/", ""),
            (.get, "/v2/_catalog", ",scope=\"registry:catalog:*\""),
            (.get, "/v2/a/b/tags/list", ",scope=\"repository:a/b:pull\""),
            (.head, "/v2/a/b/manifests/t", ",scope=\"repository:a/b:pull\""),
            (.put, "/v2/a/b/manifests/t", ",scope=\"repository:a/b:pull,push\""),
            (.delete, "/v2/a/b/manifests/t", ",scope=\"repository:a/b:delete\""),
            (.post, "/v2/a/b/blobs/uploads/", ",scope=\"repository:a/b:pull,push\""),
            (
                .post,
                "/v2/a/b/blobs/uploads/?mount=sha256:\(String(repeating: "0", count: 64))&from=c",
                ",scope=\"repository:a/b:pull,push repository:c:pull\""
            ),
        ])
    func challenges(method: HTTPRequest.Method, path: String, scope: String) async throws {
        try await TestRegistry(isOpen: false).run { client in
            let answer = try await client.send(method, path)
            #expect(answer.status == .unauthorized)
            #expect(answer.header(.wwwAuthenticate) == Self.realm + scope)
            #expect(method == .head || answer.code == "UNAUTHORIZED")
        }
    }

    @Test("says in words what is not granted")
    func denied() async throws {
        try await TestRegistry(isOpen: false).run { client in
            let bob = client.with(token: try TestToken.make("bob", [("alice/bb", ["pull"])]))
            let answer = try await bob.send(.post, "/v2/alice/bb/blobs/uploads/")
            #expect(answer.status == .unauthorized && answer.code == "DENIED")
            #expect(answer.text.contains("user bob may pull alice/bb but not push to it"))
            #expect(
                answer.header(.wwwAuthenticate)
                    == Self.realm + ",scope=\"repository:alice/bb:pull,push\",error=\"insufficient_scope\""
                    + ",error_description=\"user bob may pull alice/bb but not push to it\"")
            #expect(try await bob.send(.get, "/v2/alice/bb/tags/list").code == "NAME_UNKNOWN")
            let nobody = client.with(token: try TestToken.make("bob", []))
            #expect(
                try await nobody.send(.get, "/v2/_catalog").text.contains("user bob may not list the repositories"))
        }
    }

    @Test("mounts only what the caller may pull")
    func mount() async throws {
        try await TestRegistry(isOpen: false).run { client in
            let owner = client.with(token: try TestToken.make("alice", [("alice/x", ["pull", "push"])]))
            let digest = try await owner.push([1, 2, 3], to: "alice/x")
            let path = "/v2/bob/y/blobs/uploads/?mount=\(digest)&from=alice/x"
            let bob = client.with(token: try TestToken.make("bob", [("bob/y", ["pull", "push"])]))
            let denied = try await bob.send(.post, path)
            #expect(denied.status == .unauthorized && denied.text.contains("user bob may not pull alice/x"))
            let both = client.with(
                token: try TestToken.make("bob", [("bob/y", ["pull", "push"]), ("alice/x", ["pull"])]))
            #expect(try await both.send(.post, path).status == .created)
        }
    }

    @Test("shows in the catalogue what the caller may pull, and everything to whom the whole catalogue is granted")
    func catalog() async throws {
        try await TestRegistry(isOpen: false).run { client in
            let rights = ["pull", "push"]
            let owner = client.with(
                token: try TestToken.make("alice", [("a/one", rights), ("b/two", rights), ("c", rights)]))
            for name in ["a/one", "b/two", "c"] { try await owner.push([1], to: name) }
            let bob = client.with(
                token: try TestToken.make(
                    "bob", [("c", ["pull"]), ("a/one", ["*"]), ("b/two", ["push"]), ("no", ["pull"])]))
            #expect(try await bob.send(.get, "/v2/_catalog").text == "{\"repositories\":[\"a/one\",\"c\"]}\n")
            let page = try await bob.send(.get, "/v2/_catalog?n=1")
            #expect(page.header(.link) == "</v2/_catalog?last=a/one&n=1>; rel=\"next\"")
            #expect(
                try await bob.send(.get, "/v2/_catalog?n=1&last=a/one").text == "{\"repositories\":[\"c\"]}\n")
            let all = client.with(token: try TestToken.make("root", [("catalog", ["*"])], type: "registry"))
            #expect(
                try await all.send(.get, "/v2/_catalog").text
                    == "{\"repositories\":[\"a/one\",\"b/two\",\"c\"]}\n")
            #expect(try await bob.send(.get, "/v2/b/two/tags/list").code == "DENIED")
        }
    }

    @Test("mounts without a source only from what the caller may pull")
    func anonymousMount() async throws {
        try await TestRegistry(isOpen: false).run { client in
            let owner = client.with(token: try TestToken.make("alice", [("secret", ["pull", "push"])]))
            let digest = try await owner.push([1, 2, 3], to: "secret")
            let path = "/v2/mine/blobs/uploads/?mount=\(digest)"
            let bob = client.with(token: try TestToken.make("bob", [("mine", ["pull", "push"])]))
            #expect(try await bob.send(.post, path).status == .accepted)
            let both = client.with(
                token: try TestToken.make("bob", [("mine", ["pull", "push"]), ("secret", ["pull"])]))
            #expect(try await both.send(.post, path).status == .created)
        }
    }

    @Test("makes the realm of the host that was asked for, where autoredirect says so")
    func redirected() async throws {
        try await TestRegistry {
            var access = TestToken.access
            access.redirectPath = "/auth/token/"
            access.algorithms = [.rs256]
            $0.access = .token(access)
        }.run { client in
            let answer = try await client.send(.get, "/v2/")
            #expect(answer.header(.wwwAuthenticate)?.contains("/auth/token/\",service=") == true)
            // Signed by ES256, which `signingalgorithms` leaves out.
            let token = try TestToken.make("bob", [])
            #expect(try await client.with(token: token).send(.get, "/v2/").status == .unauthorized)
        }
    }

    @Test("believes no token that is expired, foreign, or sent twice")
    func invalid() async throws {
        try await TestRegistry(isOpen: false).run { client in
            let expired = client.with(token: try TestToken.make("bob", [], lifetime: -3_600))
            let answer = try await expired.send(.get, "/v2/")
            #expect(answer.status == .unauthorized && answer.code == "UNAUTHORIZED")
            #expect(
                answer.header(.wwwAuthenticate)?.hasPrefix(
                    Self.realm + ",error=\"invalid_token\",error_description=\"the token ") == true)
            #expect(answer.text.contains("expired"))
            let foreign = client.with(token: try TestToken.make("bob", [], audience: "elsewhere"))
            #expect(try await foreign.send(.get, "/v2/").status == .unauthorized)
            #expect(try await client.with(token: "x.y.z").send(.get, "/v2/").status == .unauthorized)
            let good = try TestToken.make("bob", [])
            #expect(try await client.with(token: good).send(.get, "/v2/").status == .ok)
            var twice = HTTPFields()
            twice.append(HTTPField(name: .authorization, value: "Bearer \(good)"))
            twice.append(HTTPField(name: .authorization, value: "Bearer x"))
            #expect(try await client.send(.get, "/v2/", twice).status == .badRequest)
            #expect(try await client.send(.get, "/v2/", [.authorization: "Basic eDp5"]).status == .unauthorized)
        }
    }

    @Test("is swapped by a reload, for the next request")
    func swapped() async throws {
        let registry = try TestRegistry(isOpen: false)
        try await registry.run { client in
            #expect(try await client.send(.get, "/v2/").status == .unauthorized)
            registry.settings.replace(try RegistrySettings(RegistryConfiguration()))
            #expect(try await client.send(.get, "/v2/").status == .ok)
        }
    }

    @Test(
        "words every mixture of rights",
        arguments: [
            (["pull"], ["pull", "push"], "user bob may pull x but not push to it"),
            ([], ["pull"], "user bob may not pull x"), ([], ["pull", "push"], "user bob may not pull or push to x"),
            (["pull", "push"], ["delete"], "user bob may pull and push to x but not delete from it"),
        ])
    func words(held: [String], needed: [String], sentence: String) {
        let access = held.isEmpty ? [] : [ScopeAccess(type: "repository", name: "x", actions: held)]
        let scope = Scope(type: "repository", name: "x", actions: needed)
        #expect(AccessSentence(user: "bob", access: access).refusing(scope) == sentence)
    }
}
