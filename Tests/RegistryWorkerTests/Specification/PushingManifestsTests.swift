import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("OCI distribution-spec, Push: manifests")
struct PushingManifestsTests {
    private static let empty = "application/vnd.oci.empty.v1+json"

    /// A manifest's JSON with anything beside config and layers.
    private func text(_ config: Digest, _ configType: String, layers: String, more: String = "") -> [UInt8] {
        Array(
            """
            {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","config":{"mediaType":"\(configType)",\
            "digest":"\(config)","size":2},"layers":[\(layers)]\(more)}
            """.utf8)
    }

    private func put(
        _ client: Client, _ reference: String, _ bytes: [UInt8], type: String = MediaType.ociManifest
    ) async throws -> TestResponse {
        try await client.send(.put, "/v2/a/manifests/\(reference)", [.contentType: type], bytes)
    }

    private func verify(_ client: Client, _ answer: TestResponse, _ bytes: [UInt8], type: String) async throws {
        #expect(answer.status == .created, "\(answer.text)")
        let read = try await client.send(.get, try #require(answer.header(.location)))
        #expect(Array(read.body.readableBytesView) == bytes && read.header(.contentType) == type)
        #expect(read.header(.contentDigest) == answer.header(.contentDigest))
    }

    @Test("artifacts of any type, without layers, with data, with fields that nobody knows: byte for byte")
    func artifacts() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let layer = "{\"mediaType\":\"x/y\",\"digest\":\"\(config)\",\"size\":2,\"data\":\"e30=\",\"new\":[{}]}"
            for bytes in [
                text(config, Self.empty, layers: layer, more: ",\"artifactType\":\"application/x.made-up\""),
                text(config, "application/vnd.cncf.helm.config.v1+json", layers: layer),
                text(config, Self.empty, layers: "", more: ",\"artifactType\":\"a/b\",\"org.x\":{\"k\":[null,1.5e3]}"),
                text(config, Self.empty, layers: layer, more: " , \"annotations\" : {\"é\":\"\\u00e9\"}\n"),
            ] {
                try await verify(client, try await put(client, "t", bytes), bytes, type: MediaType.ociManifest)
            }
        }
    }

    @Test("layers that are fetched elsewhere need not be there")
    func nonDistributable() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            for type in MediaType.nonDistributable.sorted() {
                let absent = try #require(ContentHash.digest(of: Array(type.utf8)))
                let layer = """
                    {"mediaType":"\(type)","digest":"\(absent)","size":9,"urls":["https://store.example.test/\(absent)"]}
                    """
                let bytes = text(config, Self.empty, layers: layer)
                try await verify(client, try await put(client, "t", bytes), bytes, type: MediaType.ociManifest)
            }
        }
    }

    @Test("indexes: of images, of indexes, of nothing")
    func indexes() async throws {
        try await TestRegistry().run { client in
            let image = try await client.pushImage([1], "i", to: "a")
            func index(_ entries: [Digest], _ type: String) -> [UInt8] {
                let list = entries.map { "{\"mediaType\":\"\(type)\",\"digest\":\"\($0)\",\"size\":5}" }
                return Array(
                    """
                    {"schemaVersion":2,"mediaType":"\(MediaType.ociIndex)","manifests":[\(list.joined(separator: ","))]}
                    """.utf8)
            }
            let first = index([image], MediaType.ociManifest)
            try await verify(
                client, try await put(client, "one", first, type: MediaType.ociIndex), first, type: MediaType.ociIndex)
            let inner = try #require(ContentHash.digest(of: first))
            for bytes in [index([inner, inner], MediaType.ociIndex), index([], MediaType.ociManifest)] {
                let answer = try await put(client, "t", bytes, type: MediaType.ociIndex)
                try await verify(client, answer, bytes, type: MediaType.ociIndex)
            }
        }
    }

    @Test("of 3.9 MB are taken, of more than 4 MiB refused with 413")
    func large() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let notes = (0..<390).map { "\"large-annotation-\($0)\":\"\(String(repeating: "A", count: 10_000))\"" }
            let bytes = text(
                config, Self.empty, layers: "", more: ",\"annotations\":{\(notes.joined(separator: ","))}")
            try await verify(client, try await put(client, "t", bytes), bytes, type: MediaType.ociManifest)
            let padded = bytes + [UInt8](repeating: UInt8(ascii: " "), count: (4 << 20) - bytes.count + 1)
            #expect(try await put(client, "t", padded).status == .contentTooLarge)
        }
    }

    @Test("under a digest with tag parameters: every tag in OCI-Tag, with sha256 and sha512")
    func tagParameters() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let bytes = text(config, Self.empty, layers: "")
            for algorithm in DigestAlgorithm.allCases {
                let digest = try #require(ContentHash.digest(of: bytes, algorithm))
                let tags = (0..<12).map { "\(algorithm.rawValue)-\($0)" }
                let query = tags.map { "tag=\($0)" }.joined(separator: "&")
                let answer = try await put(client, "\(digest)?\(query)", bytes)
                try await verify(client, answer, bytes, type: MediaType.ociManifest)
                #expect(answer.headers[values: .ociTag] == tags)
                for tag in tags {
                    let head = try await client.send(.head, "/v2/a/manifests/\(tag)")
                    #expect(head.header(.contentDigest) == digest.description)
                }
                let bad = try await put(client, "\(digest)?tag=ok&tag=-no", bytes)
                #expect(bad.status == .badRequest && bad.code == "TAG_INVALID")
                #expect(try await client.send(.head, "/v2/a/manifests/ok").status == .notFound)
            }
        }
    }

    @Test("whose digest is another's are refused, by whitespace alone")
    func badDigest() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let bytes = text(config, Self.empty, layers: "")
            let digest = try #require(ContentHash.digest(of: bytes))
            let answer = try await put(client, digest.description, bytes + Array("  ".utf8))
            #expect(answer.status == .badRequest && answer.code == "DIGEST_INVALID")
        }
    }

    @Test("that two readers could read differently are refused")
    func repeatedKeys() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            for more in [",\"layers\":[]", ",\"l\\u0061yers\":[]", ",\"mediaType\":\"x\""] {
                let answer = try await put(client, "t", text(config, Self.empty, layers: "", more: more))
                #expect(answer.status == .badRequest && answer.code == "MANIFEST_INVALID")
                #expect(answer.text.contains("stands twice"))
            }
            // Within what the registry does not act on, it is the client's business.
            let inner = text(config, Self.empty, layers: "", more: ",\"x\":{\"a\":1,\"a\":2}")
            #expect(try await put(client, "t", inner).status == .created)
        }
    }

    @Test("of schema 1 are refused with a sentence that says what to do")
    func schema1() async throws {
        try await TestRegistry().run { client in
            for type in [MediaType.dockerSchema1, MediaType.dockerSchema1Signed] {
                let answer = try await put(
                    client, "t", Array("{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[]}".utf8), type: type)
                #expect(answer.status == .badRequest && answer.code == "MANIFEST_INVALID")
                #expect(answer.text.contains("schema 1") && answer.text.contains("push again"))
            }
        }
    }

    @Test("with a subject that need not exist answer OCI-Subject")
    func subject() async throws {
        try await TestRegistry().run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let absent = try #require(ContentHash.digest(of: [7]))
            let subject =
                ",\"subject\":{\"mediaType\":\"\(MediaType.ociManifest)\",\"digest\":\"\(absent)\",\"size\":123}"
            let bytes = text(config, Self.empty, layers: "", more: subject)
            let answer = try await put(client, "t", bytes)
            try await verify(client, answer, bytes, type: MediaType.ociManifest)
            #expect(answer.header(.subject) == absent.description)
        }
    }
}
