import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

@Suite("A quota of bytes")
struct QuotaTests {
    private static let layer = 100_000

    private func registry(room bytes: Int) throws -> TestRegistry {
        try TestRegistry { configuration in
            configuration.policy.quotas = [.init(repositories: NamePattern("small/*"), bytes: bytes, tags: nil)]
        }
    }

    private func bytes(_ number: Int, _ count: Int = layer) -> [UInt8] {
        [UInt8(number)] + [UInt8](repeating: 0, count: count - 1)
    }

    private func begin(_ client: Client) async throws -> String {
        let begun = try await client.send(.post, "/v2/small/app/blobs/uploads/")
        #expect(begun.status == .accepted)
        return try #require(begun.headers[.location])
    }

    /// How many of eight uploads side by side get through; each of the others must be refused with the sentence.
    private func through(
        _ client: Client, _ upload: @escaping @Sendable (Int) async throws -> TestResponse
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: TestResponse.self) { group in
            for number in 1...8 { group.addTask { try await upload(number) } }
            var count = 0
            for try await answer in group {
                if answer.status == .created {
                    count += 1
                } else {
                    #expect(answer.status == .forbidden && answer.code == "DENIED", "\(answer.status) \(answer.text)")
                    #expect(answer.text.contains("may hold 342 KiB"), "\(answer.text)")
                }
            }
            return count
        }
    }

    @Test("with room for three lets exactly three of eight parallel uploads through", arguments: [true, false])
    func parallel(isAnnounced: Bool) async throws {
        let registry = try registry(room: 350_000)
        try await registry.run { client in
            for _ in 0..<5 {
                let count = try await through(client) { number in
                    let bytes = bytes(number)
                    let digest = try #require(ContentHash.digest(of: bytes))
                    if isAnnounced {
                        return try await client.send(.post, "/v2/small/app/blobs/uploads/?digest=\(digest)", [:], bytes)
                    }
                    // In steps, of a length that nobody knows.
                    let location = try await begin(client)
                    let sent = try await client.client.execute(
                        uri: location, method: .patch, headers: [.transferEncoding: "chunked"],
                        body: ByteBuffer(bytes: bytes))
                    guard sent.status == .accepted else { return sent }
                    return try await client.send(.put, "\(location)?digest=\(digest)")
                }
                #expect(count == 3)
                let usage = try await registry.storage.usage(of: #require(RepositoryName("small/app")))
                #expect(usage?.bytes == 3 * Self.layer)
                for number in 1...8 {
                    let digest = try #require(ContentHash.digest(of: bytes(number)))
                    _ = try await client.send(.delete, "/v2/small/app/blobs/\(digest)")
                }
                #expect(try Self.uploads(registry) == 0)
            }
        }
    }

    private static func uploads(_ registry: TestRegistry) throws -> Int {
        try FileManager.default.contentsOfDirectory(
            atPath: "\(registry.folder)/docker/registry/v2/repositories/small/app/_uploads"
        ).count
    }

    @Test("counts an upload in flight until it is cancelled or purged", arguments: [true, false])
    func released(isCancelled: Bool) async throws {
        let registry = try registry(room: 350_000)
        try await registry.run { client in
            let location = try await begin(client)
            let held = try await client.send(.patch, location, [:], bytes(1, 300_000))
            #expect(held.status == .accepted)
            let other = bytes(2)
            let target = "/v2/small/app/blobs/uploads/?digest=\(try #require(ContentHash.digest(of: other)))"
            let refused = try await client.send(.post, target, [:], other)
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("uploads in progress bring 293 KiB"), "\(refused.text)")
            if isCancelled {
                #expect(try await client.send(.delete, location).status == .noContent)
            } else {
                #expect(try await registry.storage.purgeUploads(olderThan: .seconds(-5), dryRun: false).count == 1)
            }
            #expect(try await client.send(.post, target, [:], other).status == .created)
        }
    }

    @Test("refuses a mount that is over it with a sentence, and takes one that fits or is there already")
    func mounts() async throws {
        let registry = try registry(room: 350_000)
        try await registry.run { client in
            let small = try await client.push(bytes(1, 300_000), to: "free/app")
            let large = try await client.push(bytes(2, 60_000), to: "free/app")
            for _ in 0..<2 {
                let taken = try await client.send(.post, "/v2/small/app/blobs/uploads/?mount=\(small)&from=free/app")
                #expect(taken.status == .created)
            }
            for from in ["&from=free/app", ""] {
                let refused = try await client.send(.post, "/v2/small/app/blobs/uploads/?mount=\(large)\(from)")
                #expect(refused.status == .forbidden && refused.code == "DENIED")
                #expect(
                    refused.text.contains("small/app may hold 342 KiB and holds 293 KiB: delete images"),
                    "\(refused.text)")
            }
            #expect(try await client.send(.head, "/v2/small/app/blobs/\(large)").status == .notFound)
            // The table is empty again: what fits goes in.
            try await client.push(bytes(3, 50_000), to: "small/app")
        }
    }

    @Test("takes what an upload came to, not what it had announced, once a request has failed")
    func settled() async throws {
        let table = UploadReservations()
        let name = try #require(RepositoryName("small/app"))
        let id = UploadID()
        let usage = RepositoryUsage(tags: 0, manifests: 0, blobs: 0, bytes: 10)
        @Sendable func ask(_ bytes: Int, _ id: UploadID) async throws -> Bool {
            try await table.reserve(bytes, for: id, in: name, limit: 100, usage: { usage }, isGone: { _ in false })
                == nil
        }
        #expect(try await ask(90, id))
        #expect(try await !ask(1, UploadID()))
        await table.settle(id, in: name, at: 20)
        let other = UploadID()
        #expect(try await ask(70, other))
        #expect(try await !ask(71, other))
        await table.release(id, in: name)
        await table.release(other, in: name)
        #expect(await table.count == 0)
    }

    @Test("does not forget an upload that is committed while somebody looks whether it is still there")
    func committedMeanwhile() async throws {
        let table = UploadReservations()
        let name = try #require(RepositoryName("small/app"))
        let first = UploadID()
        final class Stored: Sendable { let bytes = Mutex(0) }
        let stored = Stored()
        @Sendable func ask(_ id: UploadID) async throws -> Bool {
            try await table.reserve(
                90, for: id, in: name, limit: 100,
                usage: { RepositoryUsage(tags: 0, manifests: 0, blobs: 0, bytes: stored.bytes.withLock { $0 }) },
                isGone: { other in
                    await table.beginCommit(other, in: name)
                    Task {
                        try await Task.sleep(for: .milliseconds(20))
                        stored.bytes.withLock { $0 = 90 }
                        await table.endCommit(other, in: name, isDone: true)
                    }
                    return true
                }) == nil
        }
        #expect(try await ask(first))
        #expect(try await !ask(UploadID()))
        #expect(await table.count == 0)
    }
}
