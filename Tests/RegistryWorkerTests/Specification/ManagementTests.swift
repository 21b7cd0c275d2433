import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryModel
import RegistryStorage
import Testing

@testable import RegistryWorker

@Suite("OCI distribution-spec, Content Management")
struct ManagementTests {
    @Test("\"Deleting tags\": gone at once, the manifest and its other tags stay")
    func tags() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.pushImage([1], "x", to: "a")
            try await client.pushImage([1], "y", to: "a")
            #expect(try await client.send(.delete, "/v2/a/manifests/x").status == .accepted)
            #expect(try await client.send(.get, "/v2/a/manifests/x").status == .notFound)
            for reference in ["y", digest.description] {
                #expect(try await client.send(.get, "/v2/a/manifests/\(reference)").status == .ok)
            }
            #expect(try await client.send(.delete, "/v2/a/manifests/x").status == .notFound)
        }
    }

    @Test("\"Deleting manifests\" and \"Deleting blobs\": 202, then 404, also for what never was")
    func deleted() async throws {
        try await TestRegistry().run { client in
            let digest = try await client.pushImage([1, 2], "x", to: "a")
            #expect(try await client.send(.delete, "/v2/a/manifests/\(digest)").status == .accepted)
            for reference in ["x", digest.description] {
                let gone = try await client.send(.get, "/v2/a/manifests/\(reference)")
                #expect(gone.status == .notFound && gone.code == "MANIFEST_UNKNOWN")
            }
            let again = try await client.send(.delete, "/v2/a/manifests/\(digest)")
            #expect(again.status == .notFound && again.code == "MANIFEST_UNKNOWN")
            let blob = try #require(ContentHash.digest(of: [1, 2]))
            #expect(try await client.send(.delete, "/v2/a/blobs/\(blob)").status == .accepted)
            #expect(try await client.send(.get, "/v2/a/blobs/\(blob)").code == "BLOB_UNKNOWN")
            #expect(try await client.send(.delete, "/v2/a/blobs/\(blob)").code == "BLOB_UNKNOWN")
        }
    }

    @Test("where deletion is switched off it is 405 with UNSUPPORTED, and nothing is gone")
    func disabled() async throws {
        try await TestRegistry(isDeleteEnabled: false).run { client in
            let digest = try await client.pushImage([1], "x", to: "a")
            let blob = try #require(ContentHash.digest(of: [1]))
            for path in ["manifests/x", "manifests/\(digest)", "blobs/\(blob)"] {
                let refused = try await client.send(.delete, "/v2/a/\(path)")
                #expect(refused.status == .methodNotAllowed && refused.code == "UNSUPPORTED")
                #expect(try await client.send(.get, "/v2/a/\(path)").status == .ok)
            }
        }
    }
}
