import BundleLog
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RegistryModel
import RegistryStorage

/// Blobs: looked for, pulled (whole or in part), and unlinked.
extension RegistryMiddleware {
    /// How much of a blob is read at once. One such part is being sent while the next is read.
    private static let partSize = 128 << 10

    func blob(_ request: RegistryRequest, _ repository: RepositoryName, _ text: String) async throws -> Response {
        let digest = try request.digest(text)
        switch request.method {
        case .head:
            let request = try await admit(request, .repository(repository, "pull"))
            // docker asks for each layer before it pushes it: its push begins here.
            journal.pushBegins(by: request.caller, from: request.context.remoteAddress, to: repository)
            let info = try await findBlob(digest, in: repository)
            tellPull(request, repository, info)
            return try answer(request, info, range: ByteRange(request.headers[.range], size: info.size), reader: nil)
        case .get:
            let request = try await admit(request, .repository(repository, "pull"))
            let reader = try await openBlob(digest, in: repository)
            tellPull(request, repository, reader.info)
            let isCurrent = request.headers[.ifRange].map { Self.matches($0, "\"\(digest)\"") } ?? true
            let range = ByteRange(isCurrent ? request.headers[.range] : nil, size: reader.info.size)
            return try answer(request, reader.info, range: range, reader: reader)
        case .delete:
            let request = try await admit(request, .repository(repository, "delete"))
            try requireDeletable(request)
            try await storage.deleteBlob(digest, in: repository)
            await tellDelete(request, repository, digest: digest)
            log(request, repository, "deleted", "deleted the blob \(digest.short) of \(repository)")
            return request.empty(.accepted, [.contentDigest: digest.description])
        default: throw methodNotAllowed("GET, HEAD, DELETE")
        }
    }

    /// - Parameter reader: nil for HEAD.
    /// - Throws: 416 for a range outside of the blob.
    private func answer(
        _ request: RegistryRequest, _ info: BlobInfo, range: ByteRange, reader: (any BlobReader)?
    ) throws(OCIError) -> Response {
        let etag = "\"\(info.digest)\""
        var headers: HTTPFields = [
            .contentDigest: info.digest.description, .eTag: etag, .acceptRanges: "bytes",
            .cacheControl: "max-age=31536000",
        ]
        if Self.matches(request.headers[.ifNoneMatch], etag) { return request.empty(.notModified, headers) }
        headers[.contentType] = MediaType.octetStream
        let bounds: Range<Int>
        var status = HTTPResponse.Status.ok
        switch range {
        case .whole: bounds = 0..<info.size
        case .part(let part):
            bounds = Range(part)
            status = .partialContent
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound)/\(info.size)"
        case .unsatisfiable:
            throw OCIError(
                .rangeInvalid, message: "the blob has \(info.size) bytes: ask for a range within it",
                headers: [.contentRange: "bytes */\(info.size)", .acceptRanges: "bytes"])
        }
        headers[.contentLength] = String(bounds.count)
        guard let reader else { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: Self.body(reader, bounds, request))
    }

    /// Streams with the client's speed: the next part is read while one is written, and no further.
    ///
    /// The writer returns before the event loop has seen a part, and asks whether the socket takes more only of a loop that is
    /// not behind; so each part waits for the loop's turn, or a fast client would have the whole blob queued in memory.
    private static func body(_ reader: any BlobReader, _ bounds: Range<Int>, _ request: RegistryRequest) -> ResponseBody
    {
        let loop = request.context.eventLoop
        let logger = request.logger
        // What is thrown here ends the connection: the client sees that bytes are missing.
        let read = { @Sendable (offset: Int) async throws -> ByteBuffer in
            do {
                return try await reader.read(at: offset, count: min(partSize, bounds.upperBound - offset))
            } catch let error as StorageError {
                logger.error("a pull is cut off: \(error)", metadata: [LogField.error: "\(error.problem)"])
                throw error
            }
        }
        return ResponseBody(contentLength: bounds.count) { writer in
            try await withTaskExecutorPreference(LoopExecutor(loop)) {
                var offset = bounds.lowerBound
                var part = try await read(offset)
                while offset < bounds.upperBound {
                    // A file that is shorter than it was ends the connection: the client sees that bytes are missing.
                    guard part.readableBytes > 0 else { throw StorageError.corrupt(reader.info.digest) }
                    offset += part.readableBytes
                    let nextOffset = offset
                    async let next = read(nextOffset)
                    try await writer.write(part)
                    try await loop.submit {}.get()
                    part = try await next
                }
            }
            try await writer.finish(nil)
        }
    }
}
