import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage
@testable import RegistryWorker

/// A registry of our own behind a real socket, whose requests are kept, and whose answers a test may give in its place.
final class TestUpstream: Sendable {
    typealias Interception = @Sendable (Request) async throws -> Response?

    /// A request as it came.
    struct Seen: Sendable {
        var line: String
        var headers: HTTPFields
    }

    let folder = "/tmp/dockmaster-upstream-\(getpid())-\(UploadID())"
    let storage: FilesystemStorage
    private let seen = Mutex<[Seen]>([])
    private let interception = Mutex<Interception?>(nil)
    private let running = Mutex<TestServer?>(nil)

    init(access: RegistryConfiguration.Access = .none) async throws {
        storage = try FilesystemStorage(root: folder)
        var configuration = RegistryConfiguration()
        configuration.access = access
        let responder = RegistryWorker.responder(
            RegistryMiddleware(
                storage: storage, settings: SettingsBox(try RegistrySettings(configuration)), journal: ActivityJournal()
            ))
        let server = try await TestServer(
            responder: CallbackResponder { [weak self] (request: Request, context: ServiceRequestContext) in
                self?.note(request)
                if let answer = try await self?.interceptor?(request) { return answer }
                return try await responder.respond(to: request, context: context)
            })
        running.withLock { $0 = server }
    }

    private var interceptor: Interception? { interception.withLock { $0 } }

    private func note(_ request: Request) {
        seen.withLock {
            $0.append(Seen(line: "\(request.method) \(request.uri.path)", headers: request.headers))
        }
    }

    var url: String { running.withLock { $0?.url ?? "" } }
    var requests: [Seen] { seen.withLock { $0 } }
    func count(_ prefix: String) -> Int { requests.count { $0.line.hasPrefix(prefix) } }

    /// Gives other answers from now on; nil gives the registry's own again.
    func intercept(_ new: Interception?) {
        interception.withLock { $0 = new }
    }

    func settings(user: String = "") throws -> UpstreamSettings {
        var settings = UpstreamSettings(url: try #require(OutboundURL(url)))
        settings.username = user
        settings.password = Secret(user.isEmpty ? "" : "hunter2")
        settings.timeout = .seconds(5)
        return settings
    }

    func stop() async {
        let server = running.withLock { server in
            defer { server = nil }
            return server
        }
        await server?.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Stores an image of one layer.
    @discardableResult
    func push(_ layer: [UInt8], _ tag: String, to name: String = "a/b") async throws -> (
        manifest: Digest, layer: Digest
    ) {
        let repository = try #require(RepositoryName(name))
        let config = try await store(Array("{}".utf8), in: repository)
        let blob = try await store(layer, in: repository)
        let text = imageText(config, blob, layer.count)
        let manifest = try Manifest(bytes: Array(text.utf8))
        let digest = try #require(ContentHash.digest(of: manifest.bytes))
        try await storage.put(manifest, as: digest, tags: [try #require(Tag(tag))], in: repository)
        return (digest, blob)
    }

    private func store(_ bytes: [UInt8], in repository: RepositoryName) async throws -> Digest {
        let digest = try #require(ContentHash.digest(of: bytes))
        let upload = try await storage.beginUpload(in: repository, algorithm: .sha256)
        let body = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(ByteBuffer(bytes: bytes))
            continuation.finish()
        }
        _ = try await storage.append(body, to: upload.id, in: repository, at: 0, isLast: true)
        return try await storage.commit(upload.id, in: repository, as: digest).digest
    }
}
