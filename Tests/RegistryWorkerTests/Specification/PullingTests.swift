import HTTPService
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("OCI distribution-spec, Pull")
struct PullingTests {
    private let absent = "sha256:" + String(repeating: "0", count: 64)

    @Test("\"Determining Support\": GET /v2/ is 200, with docker's version header")
    func support() async throws {
        try await TestRegistry().run { client in
            for path in ["/v2/", "/v2"] {
                let answer = try await client.send(.get, path)
                #expect(answer.status == .ok && answer.header(.dockerAPIVersion) == "registry/2.0")
            }
        }
    }

    @Test("\"Pulling manifests\" and \"Pulling blobs\": what is not there is 404 with its code, HEAD without a body")
    func unknown() async throws {
        try await TestRegistry().run { client in
            for (path, code) in [
                ("/v2/a/manifests/none", "MANIFEST_UNKNOWN"), ("/v2/a/manifests/\(absent)", "MANIFEST_UNKNOWN"),
                ("/v2/a/blobs/\(absent)", "BLOB_UNKNOWN"),
            ] {
                let got = try await client.send(.get, path)
                #expect(got.status == .notFound && got.code == code)
                let head = try await client.send(.head, path)
                #expect(head.status == .notFound && head.body.readableBytes == 0)
            }
        }
    }

    @Test(
        "a name, tag or digest against the grammar is 400 with its code",
        arguments: [
            ("/v2/A/manifests/x", "NAME_INVALID"), ("/v2/a__b___c/manifests/x", "NAME_INVALID"),
            ("/v2/-a/manifests/x", "NAME_INVALID"), ("/v2/a%20b/blobs/x", "NAME_INVALID"),
            ("/v2/a/manifests/-x", "TAG_INVALID"), ("/v2/a/manifests/a%20b", "TAG_INVALID"),
            ("/v2/a/manifests/\(String(repeating: "x", count: 129))", "TAG_INVALID"),
            ("/v2/a/manifests/sha256:zz", "DIGEST_INVALID"), ("/v2/a/blobs/x", "DIGEST_INVALID"),
            ("/v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e", "DIGEST_INVALID"),
            ("/v2/a/referrers/tag", "DIGEST_INVALID"), ("/v2/A/tags/list", "NAME_INVALID"),
        ])
    func grammar(path: String, code: String) async throws {
        try await TestRegistry().run { client in
            let answer = try await client.send(.get, path)
            #expect(answer.status == .badRequest && answer.code == code)
        }
    }

    @Test("\"Pulling blobs\": Range as RFC 9110 has it, HEAD with the headers of GET")
    func ranges() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.push(Array("0123456789".utf8), to: "a")
            let path = "/v2/a/blobs/\(digest)"
            for range in [nil, "bytes=0-0", "bytes=4-", "bytes=-3", "bytes=2-900"] {
                var headers = HTTPFields()
                headers[.range] = range
                let got = try await client.send(.get, path, headers)
                let head = try await client.send(.head, path, headers)
                #expect(got.status == (range == nil ? .ok : .partialContent) && head.status == got.status)
                for name in [HTTPField.Name.contentLength, .contentRange, .contentDigest, .contentType, .acceptRanges] {
                    #expect(head.header(name) == got.header(name))
                }
                #expect(got.header(.contentLength) == String(got.body.readableBytes))
            }
            let beyond = try await client.send(.get, path, [.range: "bytes=10-20"])
            #expect(beyond.status == .rangeNotSatisfiable && beyond.code == "RANGE_INVALID")
            #expect(beyond.header(.contentRange) == "bytes */10")
        }
    }

    @Test("\"Pulling manifests\": what is stored is served, whatever Accept says")
    func accept() async throws {
        try await TestRegistry().run { client in
            try await client.pushImage([1], "t", to: "a")
            for accept in ["application/vnd.docker.distribution.manifest.v2+json", "text/html", "*/*"] {
                let got = try await client.send(.get, "/v2/a/manifests/t", [.accept: accept])
                #expect(got.status == .ok && got.header(.contentType) == MediaType.ociManifest)
            }
        }
    }
}
