import HTTPService
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("Manifests and lists over HTTP")
struct ManifestRouteTests {
    @Test("go in and out unchanged, by tag and by digest")
    func roundTrip() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.pushImage([1], "1.4", to: "team/app", more: " ,\"x\":  1")
            for reference in ["1.4", digest.description] {
                let got = try await client.send(.get, "/v2/team/app/manifests/\(reference)")
                #expect(got.status == .ok && ContentHash.digest(of: Array(got.body.readableBytesView)) == digest)
                #expect(got.header(.contentType) == MediaType.ociManifest)
                #expect(got.header(.contentDigest) == digest.description && got.header(.eTag) == "\"\(digest)\"")
                #expect(got.header(.dockerAPIVersion) == "registry/2.0")
                let head = try await client.send(.head, "/v2/team/app/manifests/\(reference)")
                #expect(head.status == .ok && head.body.readableBytes == 0)
                for name in [HTTPField.Name.contentType, .contentLength, .contentDigest, .eTag] {
                    #expect(head.header(name) == got.header(name))
                }
                let known = try await client.send(
                    .get, "/v2/team/app/manifests/\(reference)", [.ifNoneMatch: digest.description])
                #expect(known.status == .notModified)
            }
        }
    }

    @Test(
        "that are bad are refused with the specification's codes",
        arguments: [
            ("/v2/a/manifests/t", "{", 400, "MANIFEST_INVALID"),
            ("/v2/a/manifests/t", "{\"schemaVersion\":1}", 400, "MANIFEST_INVALID"),
            ("/v2/a/manifests/.t", "{}", 400, "TAG_INVALID"), ("/v2/a/manifests/sha256:1", "{}", 400, "DIGEST_INVALID"),
            ("/v2/A/manifests/t", "{}", 400, "NAME_INVALID"),
            ("/v2/\(String(repeating: "a", count: 300))/manifests/t", "{}", 400, "NAME_INVALID"),
        ])
    func refused(path: String, body: String, status: Int, code: String) async throws {
        try await TestRegistry().run { client in
            let answer = try await client.send(.put, path, [:], Array(body.utf8))
            #expect(answer.status.code == status && answer.code == code)
        }
    }

    @Test("need what they name, and the digest that they are put under")
    func checked() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let absent = try #require(ContentHash.digest(of: [9]))
            let text = Array(imageText(config, absent, 1).utf8)
            let missing = try await client.send(.put, "/v2/a/manifests/t", [:], text)
            #expect(missing.status == .notFound && missing.code == "MANIFEST_BLOB_UNKNOWN")
            #expect(missing.text.contains(absent.description))
            try await client.push([9], to: "a")
            let other = try await client.send(.put, "/v2/a/manifests/\(absent)", [:], text)
            #expect(other.status == .badRequest && other.code == "DIGEST_INVALID")
            let large = try await client.send(.put, "/v2/a/manifests/t", [:], [UInt8](repeating: 32, count: 5 << 20))
            #expect(large.status == .contentTooLarge && large.code == "MANIFEST_INVALID")
            let tagged = try await client.send(
                .put, "/v2/a/manifests/\(try #require(ContentHash.digest(of: text)))?tag=x&tag=y", [:], text)
            #expect(tagged.status == .created && tagged.headers[values: .ociTag] == ["x", "y"])
            #expect(try await client.send(.get, "/v2/a/tags/list").text == "{\"name\":\"a\",\"tags\":[\"x\",\"y\"]}\n")
        }
    }

    @Test("are deleted by tag and by digest")
    func deleted() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.pushImage([1], "a", to: "r")
            try await client.pushImage([1], "b", to: "r")
            #expect(try await client.send(.delete, "/v2/r/manifests/a").status == .accepted)
            #expect(try await client.send(.get, "/v2/r/manifests/a").code == "MANIFEST_UNKNOWN")
            #expect(try await client.send(.get, "/v2/r/manifests/b").status == .ok)
            #expect(try await client.send(.delete, "/v2/r/manifests/\(digest)").status == .accepted)
            #expect(try await client.send(.get, "/v2/r/manifests/b").status == .notFound)
            #expect(try await client.send(.get, "/v2/r/tags/list").text == "{\"name\":\"r\",\"tags\":[]}\n")
        }
    }

    @Test("are listed page by page, and a bad number is refused")
    func pages() async throws {
        try await TestRegistry().run { client in
            for tag in ["c", "a", "b"] { try await client.pushImage([1], tag, to: "r") }
            let first = try await client.send(.get, "/v2/r/tags/list?n=2")
            #expect(first.text == "{\"name\":\"r\",\"tags\":[\"a\",\"b\"]}\n")
            #expect(first.header(.link) == "</v2/r/tags/list?last=b&n=2>; rel=\"next\"")
            let next = try await client.send(.get, "/v2/r/tags/list?last=b&n=2")
            #expect(next.text == "{\"name\":\"r\",\"tags\":[\"c\"]}\n" && next.header(.link) == nil)
            for number in ["-1", "abc", "1.5", "99999999999999999999", ""] {
                let bad = try await client.send(.get, "/v2/r/tags/list?n=\(number)")
                #expect(bad.status == .badRequest && bad.code == "PAGINATION_NUMBER_INVALID")
                #expect(try await client.send(.get, "/v2/_catalog?n=\(number)").code == "PAGINATION_NUMBER_INVALID")
            }
            for name in ["a/b", "z"] { try await client.push([1], to: name) }
            let catalog = try await client.send(.get, "/v2/_catalog?n=2")
            #expect(catalog.text == "{\"repositories\":[\"a/b\",\"r\"]}\n")
            #expect(catalog.header(.link) == "</v2/_catalog?last=r&n=2>; rel=\"next\"")
            #expect(try await client.send(.get, "/v2/nobody/tags/list").code == "NAME_UNKNOWN")
        }
    }

    @Test("tell their subject, and are found as referrers by type")
    func referrers() async throws {
        try await TestRegistry().run { client in
            let image = try await client.pushImage([1], "t", to: "r")
            let subject =
                ",\"artifactType\":\"x/sig\",\"subject\":{\"mediaType\":\"\(MediaType.ociManifest)\",\"digest\":\"\(image)\",\"size\":1}"
            let config = try await client.push(Array("{}".utf8), to: "r")
            let layer = try await client.push([1], to: "r")
            let text = Array(imageText(config, layer, 1, subject).utf8)
            let put = try await client.send(.put, "/v2/r/manifests/sig", [:], text)
            #expect(put.header(.subject) == image.description)
            let all = try await client.send(.get, "/v2/r/referrers/\(image)")
            #expect(all.status == .ok && all.header(.contentType) == MediaType.ociIndex)
            #expect(all.text.contains("\"artifactType\":\"x/sig\"") && all.header(.filtersApplied) == nil)
            let none = try await client.send(.get, "/v2/r/referrers/\(image)?artifactType=other")
            #expect(none.text == "{\"manifests\":[],\"mediaType\":\"\(MediaType.ociIndex)\",\"schemaVersion\":2}")
            #expect(none.header(.filtersApplied) == "artifactType")
            #expect(try await client.send(.get, "/v2/r/referrers/x").code == "DIGEST_INVALID")
        }
    }

    @Test("are not taken while the registry only reads")
    func readOnly() async throws {
        try await TestRegistry(isReadOnly: true).run { client in
            let refused = try await client.send(.post, "/v2/a/blobs/uploads/")
            #expect(refused.status == .methodNotAllowed && refused.code == "UNSUPPORTED")
            #expect(try await client.send(.put, "/v2/a/manifests/t", [:], [1]).code == "UNSUPPORTED")
            #expect(try await client.send(.get, "/v2/").status == .ok)
            #expect(try await client.send(.get, "/healthz").status == .ok)
        }
    }

    @Test("stand at no other path, and every path has its methods")
    func elsewhere() async throws {
        try await TestRegistry().run { client in
            #expect(try await client.send(.get, "/").status == .notFound)
            let wrong = try await client.send(.post, "/v2/a/manifests/t")
            #expect(wrong.status == .methodNotAllowed && wrong.header(.allow) == "GET, HEAD, PUT, DELETE")
            #expect(try await client.send(.delete, "/v2/_catalog").status == .methodNotAllowed)
        }
    }
}
