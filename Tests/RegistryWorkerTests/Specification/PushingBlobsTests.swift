import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("OCI distribution-spec, Push: blobs")
struct PushingBlobsTests {
    private let bytes = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private func begin(_ client: Client, _ query: String = "") async throws -> String {
        let begun = try await client.send(.post, "/v2/a/blobs/uploads/\(query)")
        #expect(begun.status == .accepted && begun.header(.uploadID) != nil && begun.header(.range) == "0-0")
        return try #require(begun.header(.location))
    }

    /// Both algorithms, as the conformance programme runs every way of pushing with each.
    private func digests() throws -> [Digest] {
        try DigestAlgorithm.allCases.map { try #require(ContentHash.digest(of: bytes, $0)) }
    }

    private func verify(_ client: Client, _ answer: TestResponse, _ digest: Digest) async throws {
        #expect(answer.status == .created && answer.header(.contentDigest) == digest.description)
        let location = try #require(answer.header(.location))
        #expect(location == "/v2/a/blobs/\(digest)")
        let read = try await client.send(.get, location)
        #expect(read.status == .ok && Array(read.body.readableBytesView) == bytes)
        #expect(read.header(.contentDigest) == digest.description && read.header(.contentLength) == "600")
    }

    @Test("\"POST then PUT\": the whole content in one PUT, by sha256 and sha512")
    func postPut() async throws {
        for digest in try digests() {
            try await TestRegistry().run { client in
                let location = try await begin(client)
                try await verify(
                    client, try await client.send(.put, "\(location)?digest=\(digest)", [:], bytes), digest)
            }
        }
    }

    @Test("\"Single POST\": the whole content in the POST")
    func post() async throws {
        for digest in try digests() {
            try await TestRegistry().run { client in
                let answer = try await client.send(.post, "/v2/a/blobs/uploads/?digest=\(digest)", [:], bytes)
                try await verify(client, answer, digest)
            }
        }
    }

    @Test("\"Pushing a blob in chunks\": streamed, without Content-Range, then closed by an empty PUT")
    func streamed() async throws {
        for digest in try digests() {
            try await TestRegistry().run { client in
                let location = try await begin(client, "?digest-algorithm=\(digest.algorithm.rawValue)")
                let patched = try await client.send(.patch, location, [:], bytes)
                #expect(patched.status == .accepted && patched.header(.range) == "0-599")
                let next = try #require(patched.header(.location))
                try await verify(client, try await client.send(.put, "\(next)?digest=\(digest)", [:], []), digest)
            }
        }
    }

    @Test(
        "\"Pushing a blob in chunks\": in order, the last one in the PUT; what is out of order is 416 and changes nothing"
    )
    func chunks() async throws {
        for (digest, putsLast) in try digests().flatMap({ [($0, true), ($0, false)] }) {
            try await TestRegistry().run { client in
                var location = try await begin(client)
                for start in stride(from: 0, to: 600, by: 200) {
                    let wrong = start == 400 ? 0 : start + 200
                    let refused = try await client.send(
                        .patch, location, [.contentRange: "\(wrong)-\(wrong + 199)"], Array(bytes[wrong..<wrong + 200]))
                    #expect(refused.status == .rangeNotSatisfiable && refused.code == "RANGE_INVALID")
                    let status = try await client.send(.get, location)
                    #expect(status.status == .noContent && status.header(.range) == "0-\(max(start - 1, 0))")
                    location = try #require(status.header(.location))
                    let isLast = start == 400
                    let answer = try await client.send(
                        isLast && putsLast ? .put : .patch,
                        isLast && putsLast ? "\(location)?digest=\(digest)" : location,
                        [.contentRange: "\(start)-\(start + 199)"], Array(bytes[start..<start + 200]))
                    #expect(answer.status == (isLast && putsLast ? .created : .accepted))
                    if isLast && putsLast { try await verify(client, answer, digest) }
                }
                guard !putsLast else { return }
                try await verify(client, try await client.send(.put, "\(location)?digest=\(digest)", [:], []), digest)
            }
        }
    }

    @Test("content that is not the digest's is refused, and is not there")
    func badDigest() async throws {
        try await TestRegistry().run { client in
            for digest in try DigestAlgorithm.allCases.map({ try #require(ContentHash.digest(of: [1], $0)) }) {
                let whole = try await client.send(.post, "/v2/a/blobs/uploads/?digest=\(digest)", [:], bytes)
                #expect(whole.status == .badRequest && whole.code == "DIGEST_INVALID")
                let location = try await begin(client)
                let put = try await client.send(.put, "\(location)?digest=\(digest)", [:], bytes)
                #expect(put.status == .badRequest && put.code == "DIGEST_INVALID")
                #expect(try await client.send(.head, "/v2/a/blobs/\(digest)").status == .notFound)
            }
            for bad in ["sha256:ABC", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha384:00", "x", ""] {
                let refused = try await client.send(.post, "/v2/a/blobs/uploads/?digest=\(bad)", [:], [])
                #expect(refused.status == .badRequest && refused.code == "DIGEST_INVALID", "\(bad)")
            }
            #expect(
                try await client.send(.post, "/v2/a/blobs/uploads/?digest-algorithm=md5").code == "DIGEST_INVALID")
        }
    }

    @Test("an empty blob is a blob, however it is pushed")
    func empty() async throws {
        try await TestRegistry().run { client in
            let digest = try #require(ContentHash.digest(of: []))
            let location = try await begin(client)
            #expect(try await client.send(.patch, location, [:], []).header(.range) == "0-0")
            #expect(try await client.send(.put, "\(location)?digest=\(digest)", [:], []).status == .created)
            let read = try await client.send(.get, "/v2/a/blobs/\(digest)")
            #expect(read.status == .ok && read.body.readableBytes == 0 && read.header(.contentLength) == "0")
        }
    }

    @Test("\"Mounting a blob from another repository\": with from, without it, and of what is not there")
    func mount() async throws {
        try await TestRegistry().run { client in
            for digest in [try await client.push(bytes, to: "b")] {
                let named = try await client.send(.post, "/v2/a/blobs/uploads/?mount=\(digest)&from=b")
                try await verify(client, named, digest)
            }
            let alone = try await client.push([1, 2, 3], to: "b/c")
            let found = try await client.send(.post, "/v2/a/blobs/uploads/?mount=\(alone)")
            #expect(found.status == .created && found.header(.location) == "/v2/a/blobs/\(alone)")
            #expect(try await client.send(.get, "/v2/a/blobs/\(alone)").status == .ok)
            let absent = try #require(ContentHash.digest(of: [9], .sha512))
            for query in ["?mount=\(absent)&from=b", "?mount=\(absent)"] {
                let location = try await begin(client, query)
                #expect(try await client.send(.put, "\(location)?digest=\(absent)", [:], [9]).status == .created)
                #expect(try await client.send(.delete, "/v2/a/blobs/\(absent)").status == .accepted)
            }
        }
    }

    @Test("\"Cancel a blob upload\", and every later request for it is 404 with BLOB_UPLOAD_UNKNOWN")
    func cancel() async throws {
        try await TestRegistry().run { client in
            let location = try await begin(client)
            #expect(try await client.send(.patch, location, [:], bytes).status == .accepted)
            #expect(try await client.send(.delete, location).status == .noContent)
            for method in [HTTPRequest.Method.get, .patch, .delete] {
                let gone = try await client.send(method, location, [:], method == .patch ? [1] : nil)
                #expect(gone.status == .notFound && gone.code == "BLOB_UPLOAD_UNKNOWN")
            }
            let put = try await client.send(.put, "\(location)?digest=\(try digests()[0])", [:], bytes)
            #expect(put.status == .notFound)
        }
    }

    @Test("a Location with items of its own takes further ones, before or after the digest")
    func location() async throws {
        try await TestRegistry().run { client in
            let digest = try digests()[0]
            let location = try await begin(client)
            let answer = try await client.send(.put, "\(location)?_state=x%3D%3D&digest=\(digest)&y=1", [:], bytes)
            try await verify(client, answer, digest)
        }
    }
}
