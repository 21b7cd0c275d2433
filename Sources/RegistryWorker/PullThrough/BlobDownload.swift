import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import RegistryModel
import RegistryStorage

/// One blob on its way from the upstream to the disk, for everybody who wants it meanwhile.
final class BlobDownload: Sendable {
    /// How often a download that broke off is continued where it ended.
    static let continuations = 3

    /// A download that has begun.
    struct Beginning: Sendable {
        var upload: UploadID
        /// Nil when the upstream does not say.
        var size: Int?
    }

    let digest: Digest
    let repository: RepositoryName
    private let client: UpstreamClient
    private let storage: FilesystemStorage
    private let begun: EventLoopPromise<Beginning>
    private let ended: EventLoopPromise<BlobInfo>

    init(_ digest: Digest, of repository: RepositoryName, client: UpstreamClient, storage: FilesystemStorage) {
        self.digest = digest
        self.repository = repository
        self.client = client
        self.storage = storage
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        begun = loop.makePromise()
        ended = loop.makePromise()
    }

    /// When the upstream has begun to answer.
    var beginning: Beginning { get async throws { try await begun.futureResult.get() } }
    /// When the blob is whole, compared with its digest, and in the repository.
    var end: EventLoopFuture<BlobInfo> { ended.futureResult }

    func run() async {
        var upload: Upload?
        do {
            let info = try await transfer(&upload)
            ended.succeed(info)
        } catch {
            if let upload { try? await storage.cancelUpload(upload.id, in: repository) }
            begun.fail(error)
            ended.fail(error)
        }
    }

    private func transfer(_ upload: inout Upload?) async throws -> BlobInfo {
        var attempt = 0
        var total: Int?
        while true {
            let offset = upload?.size ?? 0
            do {
                let headers: HTTPHeaders = offset == 0 ? [:] : ["Range": "bytes=\(offset)-"]
                let response = try await client.ask(.GET, "blobs/\(digest)", of: repository, headers)
                guard offset == 0 || response.status == .partialContent else {
                    throw UpstreamFailure.unreachable("it does not continue a download that broke off")
                }
                let length = response.headers.first(name: "Content-Length").flatMap { Int($0) }
                if total == nil { total = length }
                let current: Upload
                if let upload {
                    current = upload
                } else {
                    current = try await storage.beginUpload(in: repository, algorithm: digest.algorithm)
                    upload = current
                    begun.succeed(Beginning(upload: current.id, size: total))
                }
                let end = try await storage.append(
                    response.body, to: current.id, in: repository, at: offset, isLast: true)
                upload = end
                if let total, end.size < total { throw StorageError.bodyFailed(UpstreamFailure.status(200)) }
                return try await storage.commit(end.id, in: repository, as: digest)
            } catch let error where upload != nil && attempt < Self.continuations && Self.isInterruption(error) {
                attempt += 1
                if let known = upload { upload = try await storage.upload(known.id, in: repository) }
                try await Task.sleep(for: .milliseconds(200) * (1 << attempt))
            }
        }
    }

    private static func isInterruption(_ error: any Error) -> Bool {
        switch error {
        case StorageError.bodyFailed, UpstreamFailure.unreachable, UpstreamFailure.status(500...): true
        default: false
        }
    }
}
