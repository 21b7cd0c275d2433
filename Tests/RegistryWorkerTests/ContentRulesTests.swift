import HTTPTypes
import HummingbirdTesting
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("What the configuration asks of manifests")
struct ContentRulesTests {
    private func put(_ client: Client, _ text: String) async throws -> TestResponse {
        try await client.send(.put, "/v2/a/manifests/t", [:], Array(text.utf8))
    }

    @Test("allows URLs by expressions, and denies")
    func urls() async throws {
        try await TestRegistry {
            $0.content.urls = .init(
                allow: ["^https?://([^/]+\\.)*example\\.com/"], deny: ["^https?://www\\.example\\.com/"])
        }.run { client in
            let config = try await client.push(Array("{}".utf8), to: "a")
            let absent = try #require(ContentHash.digest(of: [9]))
            for (url, isAllowed) in [
                ("https://example.com/x", true), ("http://a.example.com/", true), ("https://www.example.com/x", false),
                ("https://example.org/", false), ("ftp://example.com/x", false), ("https://example.com/x#y", false),
            ] {
                let answer = try await put(
                    client,
                    """
                    {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","config":{"mediaType":"x/y","digest":\
                    "\(config)","size":2},"layers":[{"mediaType":"x/y","digest":"\(absent)","size":1,"urls":["\(url)"]}]}
                    """)
                #expect(answer.status == (isAllowed ? .created : .badRequest), "\(url)")
                #expect(isAllowed || answer.code == "MANIFEST_INVALID")
            }
        }
    }

    @Test("takes sparse indexes where a setting allows them")
    func sparse() async throws {
        for (platforms, isTaken) in [
            (ContentSettings.Platforms.all, false), (.none, true), (.list(["linux/amd64"]), true),
            (.list(["linux/arm64"]), false),
        ] {
            try await TestRegistry { $0.content.platforms = platforms }.run { client in
                let image = try await client.pushImage([1], "i", to: "a")
                let absent = try #require(ContentHash.digest(of: [9]))
                let entries = [(image, "amd64"), (absent, "arm64")].map { digest, architecture in
                    """
                    {"mediaType":"\(MediaType.ociManifest)","digest":"\(digest)","size":1,\
                    "platform":{"os":"linux","architecture":"\(architecture)","variant":"v8"}}
                    """
                }
                let text = """
                    {"schemaVersion":2,"mediaType":"\(MediaType.ociIndex)","manifests":[\(entries.joined(separator: ","))]}
                    """
                let answer = try await put(client, text)
                #expect(answer.status == (isTaken ? .created : .notFound), "\(platforms)")
                #expect(isTaken || answer.code == "MANIFEST_BLOB_UNKNOWN")
                guard isTaken else { return }
                #expect(try await client.send(.get, "/v2/a/manifests/t").text == text)
                #expect(try await client.send(.get, "/v2/a/manifests/\(absent)").status == .notFound)
            }
        }
    }

    @Test("takes only the classes that policy.repository names")
    func classes() async throws {
        try await TestRegistry { $0.content.classes = ["image"] }.run { client in
            try await client.pushImage([1], "t", to: "a")
            let config = try await client.push(Array("{}".utf8), to: "a")
            for type in ["application/vnd.docker.plugin.v1+json", "application/vnd.cncf.helm.config.v1+json"] {
                let answer = try await put(
                    client,
                    """
                    {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","config":{"mediaType":"\(type)",\
                    "digest":"\(config)","size":2},"layers":[]}
                    """)
                #expect(answer.status == .forbidden && answer.code == "DENIED" && answer.text.contains(type))
            }
        }
    }

    @Test("and the prefix stands before every path and Location")
    func prefix() async throws {
        try await TestRegistry { $0.pathPrefix = "/hub" }.run { client in
            let begun = try await client.send(.post, "/hub/v2/a/blobs/uploads/")
            #expect(begun.header(.location)?.hasPrefix("/hub/v2/a/blobs/uploads/") == true)
            #expect(try await client.send(.get, "/hub/v2/").status == .ok)
            #expect(try await client.send(.get, "/v2/").status == .notFound)
            #expect(try await client.send(.get, "/healthz").status == .ok)
        }
    }
}
