import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("OCI distribution-spec, Content Discovery")
struct DiscoveryTests {
    private struct Index: Decodable {
        var schemaVersion: Int
        var mediaType: String
        var manifests: [Descriptor]
    }

    private func list(_ client: Client, _ subject: Digest, _ query: String = "") async throws -> [Descriptor] {
        let answer = try await client.send(.get, "/v2/a/referrers/\(subject)\(query)")
        #expect(answer.status == .ok && answer.header(.contentType) == MediaType.ociIndex)
        #expect(answer.header(.filtersApplied) == (query.contains("artifactType") ? "artifactType" : nil))
        let index = try JSONDecoder().decode(Index.self, from: Data(answer.body.readableBytesView))
        #expect(index.schemaVersion == 2 && index.mediaType == MediaType.ociIndex)
        return index.manifests
    }

    /// An artifact that refers to a subject.
    private func attach(
        _ client: Client, to subject: Digest, type: String, _ reference: String? = nil
    ) async throws -> (digest: Digest, entry: String) {
        let config = try await client.push(Array("{}".utf8), to: "a")
        let bytes = Array(
            """
            {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)","artifactType":"\(type)","config":{"mediaType":\
            "application/vnd.oci.empty.v1+json","digest":"\(config)","size":2},"layers":[],"subject":{"mediaType":\
            "\(MediaType.ociManifest)","digest":"\(subject)","size":5},"annotations":{"of":"\(type)"}}
            """.utf8)
        let digest = try #require(ContentHash.digest(of: bytes))
        let answer = try await client.send(.put, "/v2/a/manifests/\(reference ?? digest.description)", [:], bytes)
        #expect(answer.status == .created && answer.header(.subject) == subject.description)
        return (digest, "{\"mediaType\":\"\(MediaType.ociManifest)\",\"digest\":\"\(digest)\",\"size\":\(bytes.count)}")
    }

    private func putList(_ client: Client, under subject: Digest, _ entries: [String]) async throws {
        let bytes = Array(
            """
            {"schemaVersion":2,"mediaType":"\(MediaType.ociIndex)","manifests":[\(entries.joined(separator: ","))]}
            """.utf8)
        let tag = try #require(Tag(referrersOf: subject))
        #expect(try await client.send(.put, "/v2/a/manifests/\(tag)", [:], bytes).status == .created)
    }

    @Test("\"Listing Referrers\": all, by type, with their annotations; none is an empty index, not 404")
    func referrers() async throws {
        try await TestRegistry().run { client in
            let image = try await client.pushImage([1], "t", to: "a")
            #expect(try await list(client, image).isEmpty)
            let signature = try await attach(client, to: image, type: "x/sig", "tagged").digest
            let bill = try await attach(client, to: image, type: "x/sbom").digest
            let all = try await list(client, image).map(\.digest)
            #expect(Set(all) == [signature, bill])
            let filtered = try await list(client, image, "?artifactType=x%2Fsbom")
            #expect(filtered.map(\.digest) == [bill] && filtered.first?.annotations == ["of": "x/sbom"])
            #expect(try await list(client, image, "?artifactType=none").isEmpty)
            #expect(try await client.send(.delete, "/v2/a/manifests/\(bill)").status == .accepted)
            #expect(try await list(client, image).map(\.digest) == [signature])
        }
    }

    @Test("\"Listing Referrers\": of a subject that is not there, and of one named by sha512")
    func absentSubject() async throws {
        try await TestRegistry().run { client in
            for algorithm in DigestAlgorithm.allCases {
                let absent = try #require(ContentHash.digest(of: [1, 2], algorithm))
                let artifact = try await attach(client, to: absent, type: "x/\(algorithm.rawValue)").digest
                #expect(try await list(client, absent).map(\.digest) == [artifact])
            }
        }
    }

    @Test("\"Enabling the Referrers API\": what old clients listed under the subject's tag is found")
    func pickedUp() async throws {
        try await TestRegistry().run { client in
            let image = try await client.pushImage([1], "t", to: "a")
            let old = try await client.pushImage([2], "old", to: "a")
            let elsewhere = try await attach(client, to: old, type: "x/other")
            let size = try await client.send(.get, "/v2/a/manifests/old").body.readableBytes
            try await putList(
                client, under: image,
                [
                    "{\"mediaType\":\"\(MediaType.ociManifest)\",\"digest\":\"\(old)\",\"size\":\(size),\"artifactType\":\"x/o\"}",
                    elsewhere.entry,
                ])
            let found = try await list(client, image)
            #expect(found.map(\.digest) == [old] && found.first?.size == size)
            // Gone with the client's next list.
            try await putList(client, under: image, [elsewhere.entry])
            #expect(try await list(client, image).isEmpty)
        }
    }

    @Test("\"Referrers Tag Schema\": a list that is there is kept in step with what others push and delete")
    func keptInStep() async throws {
        try await TestRegistry().run { client in
            let image = try await client.pushImage([1], "t", to: "a")
            let tag = try #require(Tag(referrersOf: image))
            let first = try await attach(client, to: image, type: "x/1")
            #expect(try await client.send(.get, "/v2/a/manifests/\(tag)").status == .notFound)
            try await putList(client, under: image, [first.entry])
            await withTaskGroup(of: Void.self) { group in
                for number in 2..<8 {
                    group.addTask { _ = try? await attach(client, to: image, type: "x/\(number)") }
                }
            }
            func tagged() async throws -> [Digest] {
                let answer = try await client.send(.get, "/v2/a/manifests/\(tag)")
                return try JSONDecoder().decode(Index.self, from: Data(answer.body.readableBytesView)).manifests
                    .map(\.digest)
            }
            let all = try await list(client, image).map(\.digest)
            let listed = try await tagged()
            #expect(all.count == 7 && Set(listed) == Set(all))
            for digest in all.dropFirst() {
                #expect(try await client.send(.delete, "/v2/a/manifests/\(digest)").status == .accepted)
            }
            #expect(try await tagged() == [all[0]])
            #expect(try await client.send(.delete, "/v2/a/manifests/\(all[0])").status == .accepted)
            #expect(try await client.send(.get, "/v2/a/manifests/\(tag)").status == .notFound)
        }
    }

    @Test("\"Listing Tags\": in order, by n and last, Link until the end; n=0 is an empty list without one")
    func tags() async throws {
        try await TestRegistry().run { client in
            let tags = ["A", "Z", "_1", "a", "a.b", "z"]
            for tag in tags.reversed() { try await client.pushImage([1], tag, to: "a") }
            var path: String? = "/v2/a/tags/list?n=4"
            var found: [String] = []
            while let next = path {
                let page = try await client.send(.get, next)
                struct List: Decodable {
                    var name: String
                    var tags: [String]
                }
                let list = try JSONDecoder().decode(List.self, from: Data(page.body.readableBytesView))
                #expect(list.name == "a" && list.tags.count <= 4)
                found += list.tags
                path = page.header(.link).flatMap { $0.split(separator: ">").first?.dropFirst() }.map(String.init)
            }
            #expect(found == tags)
            let none = try await client.send(.get, "/v2/a/tags/list?n=0")
            #expect(none.text == "{\"name\":\"a\",\"tags\":[]}\n" && none.header(.link) == nil)
            // A cursor need not be a tag, nor one that is there.
            #expect(
                try await client.send(.get, "/v2/a/tags/list?last=Zz").text.contains("[\"_1\",\"a\",\"a.b\",\"z\"]"))
            #expect(try await client.send(.get, "/v2/a/tags/list?n=10&last=%00%2F").status == .ok)
            #expect(try await client.send(.head, "/v2/a/tags/list").status == .ok)
        }
    }

    @Test("the catalogue has the pages that catalog.maxentries allows")
    func catalog() async throws {
        try await TestRegistry { $0.catalogLimit = 2 }.run { client in
            for name in ["a", "b", "c"] { try await client.push([1], to: name) }
            #expect(try await client.send(.get, "/v2/_catalog").text == "{\"repositories\":[\"a\",\"b\"]}\n")
            let refused = try await client.send(.get, "/v2/_catalog?n=3")
            #expect(refused.status == .badRequest && refused.code == "PAGINATION_NUMBER_INVALID")
            let next = try await client.send(.get, "/v2/_catalog?n=2&last=b")
            #expect(next.text == "{\"repositories\":[\"c\"]}\n" && next.header(.link) == nil)
        }
    }
}
