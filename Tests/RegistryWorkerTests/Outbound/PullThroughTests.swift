import BundleConfig
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

@Suite("A cache of another registry")
struct PullThroughTests {
    private let layer = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    /// Runs requests against a cache of the upstream.
    private func withCache(
        of upstream: TestUpstream, _ settings: UpstreamSettings? = nil,
        _ body: @escaping @Sendable (Client, TestRegistry) async throws -> Void
    ) async throws {
        let cache = try TestRegistry(upstream: settings ?? upstream.settings())
        try await cache.run { try await body($0, cache) }
        await upstream.stop()
    }

    @Test("gives what the upstream has, once fetched without it, and says what is nowhere")
    func offline() async throws {
        let upstream = try await TestUpstream()
        let (manifest, blob) = try await upstream.push(layer, "one")
        try await withCache(of: upstream) { [layer] client, _ in
            #expect(try await client.send(.head, "/v2/a/b/blobs/\(blob)").header(.contentLength) == "\(layer.count)")
            for path in ["manifests/one", "manifests/\(manifest)"] {
                #expect(try await client.send(.get, "/v2/a/b/\(path)").header(.contentDigest) == "\(manifest)")
            }
            #expect(Array(try await client.send(.get, "/v2/a/b/blobs/\(blob)").body.readableBytesView) == layer)
            #expect(try await client.send(.get, "/v2/a/b/manifests/two").code == "MANIFEST_UNKNOWN")
            await upstream.stop()
            #expect(try await client.send(.get, "/v2/a/b/manifests/one").header(.contentDigest) == "\(manifest)")
            let again = try await client.send(.get, "/v2/a/b/blobs/\(blob)", [.range: "bytes=5-9"])
            #expect(Array(again.body.readableBytesView) == Array(layer[5...9]))
            #expect(try await client.send(.get, "/v2/a/b/manifests/two").status == .serviceUnavailable)
        }
    }

    @Test("fetches a blob once for twenty that want it")
    func once() async throws {
        let upstream = try await TestUpstream()
        let (_, blob) = try await upstream.push(layer, "one")
        upstream.intercept { request in
            if request.uri.path.contains("/blobs/") { try await Task.sleep(for: .milliseconds(100)) }
            return nil
        }
        try await withCache(of: upstream) { [layer] client, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let answer = try await client.send(.get, "/v2/a/b/blobs/\(blob)")
                        return answer.status == .ok && Array(answer.body.readableBytesView) == layer
                    }
                }
                for try await isWhole in group { #expect(isWhole) }
            }
            #expect(upstream.count("GET /v2/a/b/blobs/") == 1)
        }
    }

    @Test("serves a blob while it still comes, its last byte when it is verified")
    func streams() async throws {
        let upstream = try await TestUpstream()
        let (_, blob) = try await upstream.push(layer, "one")
        let goOn = Mutex(false)
        upstream.intercept { [layer] request in
            guard request.method == .get, request.uri.path.contains("/blobs/") else { return nil }
            return Response(
                status: .ok,
                body: ResponseBody(contentLength: layer.count) { writer in
                    try await writer.write(ByteBuffer(bytes: layer[..<280_000]))
                    _ = await eventually { goOn.withLock { $0 } }
                    try await writer.write(ByteBuffer(bytes: layer[280_000...]))
                    try await writer.finish(nil)
                })
        }
        try await withCache(of: upstream) { [layer] _, cache in
            let name = try #require(RepositoryName("a/b"))
            let reader = try #require(try await cache.mirror?.open(blob, in: name))
            #expect(reader.info.size == layer.count)
            let first = try await reader.read(at: 0, count: 1_000)
            #expect(first.readableBytes > 0 && Array(first.readableBytesView) == Array(layer[..<first.readableBytes]))
            goOn.withLock { $0 = true }
            #expect(
                Array(try await reader.read(at: layer.count - 1, count: 5).readableBytesView) == [
                    layer[layer.count - 1]
                ])
        }
    }

    @Test("continues a download that broke off where it ended")
    func continues() async throws {
        let upstream = try await TestUpstream()
        let (_, blob) = try await upstream.push(layer, "one")
        let isFirst = Mutex(true)
        upstream.intercept { [layer] request in
            guard request.method == .get, request.uri.path.contains("/blobs/") else { return nil }
            guard
                isFirst.withLock({ first in
                    defer { first = false }; return first
                })
            else { return nil }
            return Self.broken(layer, after: 270_000)
        }
        try await withCache(of: upstream) { [layer] client, _ in
            let answer = try await client.send(.get, "/v2/a/b/blobs/\(blob)")
            #expect(Array(answer.body.readableBytesView) == layer)
            #expect(upstream.requests.last?.headers[.range]?.hasPrefix("bytes=") == true)
        }
    }

    @Test("never keeps or completes other bytes than the digest says")
    func wrong() async throws {
        let upstream = try await TestUpstream()
        let (manifest, blob) = try await upstream.push(layer, "one")
        upstream.intercept { [layer] request in
            guard request.method == .get else { return nil }
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: layer.reversed())))
        }
        try await withCache(of: upstream) { client, cache in
            await #expect(throws: (any Error).self) {
                let answer = try await client.send(.get, "/v2/a/b/blobs/\(blob)")
                guard answer.status == .ok else { throw CancellationError() }
            }
            let name = try #require(RepositoryName("a/b"))
            await #expect(throws: StorageError.self) { try await cache.storage.blob(blob, in: name) }
            #expect(try await client.send(.get, "/v2/a/b/manifests/\(manifest)").status == .serviceUnavailable)
        }
    }

    @Test("asks for a tag by HEAD with each pull, follows it, and keeps it through failures of the upstream")
    func tags() async throws {
        let upstream = try await TestUpstream()
        let (first, _) = try await upstream.push([1], "one")
        try await withCache(of: upstream) { client, _ in
            func digest() async throws -> String? {
                try await client.send(.get, "/v2/a/b/manifests/one").header(.contentDigest)
            }
            for _ in 0..<3 { #expect(try await digest() == "\(first)") }
            #expect(upstream.count("HEAD") == 3 && upstream.count("GET") == 1)
            let (second, _) = try await upstream.push([2], "one")
            #expect(try await digest() == "\(second)")
            upstream.intercept { _ in Response(status: .tooManyRequests) }
            #expect(try await digest() == "\(second)")
            #expect(try await client.send(.get, "/v2/a/b/manifests/other").code == "TOOMANYREQUESTS")
        }
    }

    @Test("forgets a tag that the upstream has no more, and believes it for as long as it is told to")
    func revalidation() async throws {
        let upstream = try await TestUpstream()
        let (first, _) = try await upstream.push([1], "one")
        var settings = try upstream.settings()
        settings.revalidation = .seconds(3_600)
        try await withCache(of: upstream, settings) { client, cache in
            for _ in 0..<3 { #expect(try await client.send(.get, "/v2/a/b/manifests/one").status == .ok) }
            #expect(upstream.requests.count == 2)
            let name = try #require(RepositoryName("a/b"))
            _ = try await upstream.storage.deleteManifest(first, in: name)
            cache.mirror?.follow(try upstream.settings())
            #expect(try await client.send(.get, "/v2/a/b/manifests/one").code == "MANIFEST_UNKNOWN")
            await upstream.stop()
            #expect(try await client.send(.get, "/v2/a/b/manifests/one").status == .serviceUnavailable)
        }
    }

    @Test("takes no pushes and no deletions, and says where they go")
    func pushes() async throws {
        let upstream = try await TestUpstream()
        let (manifest, blob) = try await upstream.push([1], "one")
        try await withCache(of: upstream) { client, _ in
            for (method, path) in [
                (HTTPRequest.Method.post, "blobs/uploads/"), (.put, "manifests/x"), (.delete, "manifests/\(manifest)"),
                (.delete, "blobs/\(blob)"),
            ] {
                let answer = try await client.send(method, "/v2/a/b/\(path)", [:], Array("{}".utf8))
                #expect(answer.status == .methodNotAllowed && answer.code == "UNSUPPORTED")
                #expect(answer.text.contains("is a cache of 127.0.0.1"))
            }
        }
    }

    @Test("removes what nobody has pulled for longer than its ttl, across a restart")
    func expiry() async throws {
        let upstream = try await TestUpstream()
        let (manifest, blob) = try await upstream.push(layer, "one")
        let now = Int(Date().timeIntervalSince1970)
        try await withCache(of: upstream) { client, cache in
            _ = try await client.send(.get, "/v2/a/b/manifests/one")
            _ = try await client.send(.get, "/v2/a/b/blobs/\(blob)")
            await cache.mirror?.sweep(at: now + 167 * 3_600)
            let name = try #require(RepositoryName("a/b"))
            #expect(try await cache.storage.manifest(.digest(manifest), in: name).digest == manifest)
            let ledger = CacheLedger(path: "\(cache.folder)/docker/registry/v2/.pullthrough/used")
            await ledger.load()
            #expect(ledger.entries(unusedSince: now + 10).count == 2)
            await cache.mirror?.sweep(at: now + 169 * 3_600)
            await #expect(throws: StorageError.self) { try await cache.storage.manifest(.digest(manifest), in: name) }
            await #expect(throws: StorageError.self) { try await cache.storage.blob(blob, in: name) }
            #expect(try await client.send(.get, "/v2/a/b/manifests/one").status == .ok)
        }
    }

    /// An answer that promises all of it, and ends early.
    private static func broken(_ bytes: [UInt8], after count: Int) -> Response {
        Response(
            status: .ok,
            body: ResponseBody(contentLength: bytes.count) { writer in
                try await writer.write(ByteBuffer(bytes: bytes[..<count]))
                try await Task.sleep(for: .milliseconds(50))
                throw CancellationError()
            })
    }
}
