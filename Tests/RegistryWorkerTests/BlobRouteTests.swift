import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("Blobs over HTTP")
struct BlobRouteTests {
    private let bytes = Array("0123456789".utf8)

    @Test("are pushed in chunks with strict ranges")
    func chunked() async throws {
        try await TestRegistry().run { client in
            let digest = try #require(ContentHash.digest(of: bytes))
            let begun = try await client.send(.post, "/v2/a/blobs/uploads/")
            #expect(begun.status == .accepted && begun.header(.range) == "0-0" && begun.header(.contentLength) == "0")
            let location = try #require(begun.header(.location))
            #expect(location.hasPrefix("/v2/a/blobs/uploads/"))
            let first = try await client.send(.patch, location, [.contentRange: "0-3"], Array(bytes[..<4]))
            #expect(first.status == .accepted && first.header(.range) == "0-3")
            let gap = try await client.send(.patch, location, [.contentRange: "5-9"], Array(bytes[5...]))
            #expect(gap.status == .rangeNotSatisfiable && gap.code == "RANGE_INVALID" && gap.header(.range) == "0-3")
            let wrong = try await client.send(.patch, location, [.contentRange: "4-5"], Array(bytes[4...]))
            #expect(wrong.status == .badRequest && wrong.code == "SIZE_INVALID")
            let status = try await client.send(.get, location)
            #expect(status.status == .noContent && status.header(.range) == "0-3")
            let done = try await client.send(
                .put, "\(location)?digest=\(digest)", [.contentRange: "4-9"], Array(bytes[4...]))
            #expect(done.status == .created && done.header(.location) == "/v2/a/blobs/\(digest)")
            #expect(done.header(.contentDigest) == digest.description)
            let read = try await client.send(.get, "/v2/a/blobs/\(digest)")
            #expect(read.text == "0123456789")
            #expect(try await client.send(.get, location).code == "BLOB_UPLOAD_UNKNOWN")
        }
    }

    @Test("are pushed whole, whatever the Content-Type says")
    func whole() async throws {
        try await TestRegistry().run { client in
            let digest = try #require(ContentHash.digest(of: bytes))
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            #expect(
                try await client.send(.post, "/v2/a/blobs/uploads/?digest=\(digest)", form, bytes).status == .created)
            let other = try #require(ContentHash.digest(of: []))
            let refused = try await client.send(.post, "/v2/a/blobs/uploads/?digest=\(other)", [:], bytes)
            #expect(refused.status == .badRequest && refused.code == "DIGEST_INVALID")
            #expect(try await client.send(.post, "/v2/a/blobs/uploads/?digest=\(other)", [:], []).status == .created)
            #expect(try await client.send(.head, "/v2/a/blobs/\(other)").header(.contentLength) == "0")
        }
    }

    @Test("are cancelled, and cannot be finished without a digest")
    func cancelled() async throws {
        try await TestRegistry().run { client in
            let location = try #require(try await client.send(.post, "/v2/a/blobs/uploads/").header(.location))
            #expect(try await client.send(.put, location).code == "DIGEST_INVALID")
            #expect(try await client.send(.put, "\(location)?digest=sha256:abc").code == "DIGEST_INVALID")
            #expect(try await client.send(.delete, location).status == .noContent)
            #expect(try await client.send(.patch, location, [:], [1]).code == "BLOB_UPLOAD_UNKNOWN")
            #expect(try await client.send(.get, "/v2/a/blobs/uploads/..%2F..").status == .notFound)
        }
    }

    @Test("are served whole, in part, and not at all when the client has them")
    func served() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.push(bytes, to: "a")
            let path = "/v2/a/blobs/\(digest)"
            let head = try await client.send(.head, path)
            #expect(head.status == .ok && head.header(.contentLength) == "10" && head.header(.eTag) == "\"\(digest)\"")
            let part = try await client.send(.get, path, [.range: "bytes=2-4"])
            #expect(part.status == .partialContent && part.text == "234")
            #expect(part.header(.contentRange) == "bytes 2-4/10")
            let tail = try await client.send(.get, path, [.range: "bytes=-2"])
            #expect(tail.text == "89")
            let beyond = try await client.send(.get, path, [.range: "bytes=10-"])
            #expect(beyond.status == .rangeNotSatisfiable && beyond.header(.contentRange) == "bytes */10")
            #expect(try await client.send(.get, path, [.ifNoneMatch: "\"\(digest)\""]).status == .notModified)
            let stale: HTTPFields = [.range: "bytes=2-4", .ifRange: "\"other\""]
            #expect(try await client.send(.get, path, stale).status == .ok)
            // Only through a repository that links it.
            #expect(try await client.send(.get, "/v2/b/blobs/\(digest)").code == "BLOB_UNKNOWN")
        }
    }

    @Test("are mounted from another repository, or uploaded when it has them not")
    func mounted() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.push(bytes, to: "a")
            let mounted = try await client.send(.post, "/v2/b/blobs/uploads/?mount=\(digest)&from=a")
            #expect(mounted.status == .created && mounted.header(.location) == "/v2/b/blobs/\(digest)")
            #expect(try await client.send(.get, "/v2/b/blobs/\(digest)").text == "0123456789")
            let absent = try await client.send(.post, "/v2/c/blobs/uploads/?mount=\(digest)&from=nobody")
            #expect(absent.status == .accepted && absent.header(.uploadID) != nil)
            #expect(try await client.send(.post, "/v2/c/blobs/uploads/?mount=x&from=a").code == "DIGEST_INVALID")
            #expect(try await client.send(.post, "/v2/c/blobs/uploads/?mount=\(digest)&from=A").code == "NAME_INVALID")
        }
    }

    @Test("are deleted when that is enabled")
    func deleted() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.push(bytes, to: "a")
            #expect(try await client.send(.delete, "/v2/a/blobs/\(digest)").status == .accepted)
            #expect(try await client.send(.head, "/v2/a/blobs/\(digest)").status == .notFound)
            #expect(try await client.send(.delete, "/v2/a/blobs/\(digest)").code == "BLOB_UNKNOWN")
        }
        try await TestRegistry(isDeleteEnabled: false).run { client in
            let digest = try await client.push(bytes, to: "a")
            #expect(try await client.send(.delete, "/v2/a/blobs/\(digest)").code == "UNSUPPORTED")
        }
    }

    @Test("larger than a part arrive byte for byte")
    func large() async throws {
        try await TestRegistry().run { client in
            let content = (0..<1_500_001).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 9) }
            let digest = try await client.push(content, to: "a")
            let read = try await client.send(.get, "/v2/a/blobs/\(digest)")
            #expect(Array(read.body.readableBytesView) == content)
        }
    }
}
