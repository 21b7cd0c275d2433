import BundleConfig
import NIOCore
import NIOHTTP1
import NIOPosix
import TextFormats

// Answers from a folder of files.

extension RequestHandler {
    func sendDocument(_ exchange: Exchange, from root: DocumentRoot) {
        guard exchange.head.method == .GET || exchange.head.method == .HEAD else {
            respond(.error(405, "Files can only be read.", headers: ["Allow": "GET, HEAD"]), to: exchange)
            return
        }
        guard let context, let target = exchange.target, let route = exchange.route else { return }
        let path = route.route.strip ? "/" + target.path.dropFirst(route.bare.count).drop { $0 == "/" } : target.path
        services.files.runIfActive(eventLoop: context.eventLoop) { root.open(path) }.assumeIsolated()
            .whenComplete { [self] result in
                guard self.exchange === exchange else { return }
                switch result {
                case .success(.file(let document)): send(document, exchange)
                case .success(.folder):
                    var redirected = target
                    redirected.encodedPath += "/"
                    respond(.redirect(301, to: redirected.forwarded(stripping: nil)), to: exchange)
                case .success(.forbidden):
                    respond(.error(403, "The file \(target.path) may not be read."), to: exchange)
                case .success(.nothing):
                    respond(.error(404, "There is no file \(target.path)."), to: exchange)
                case .failure:
                    respond(.error(503, "Files cannot be read now."), to: exchange)
                }
            }
    }

    private func send(_ document: OpenDocument, _ exchange: Exchange) {
        var headers: HTTPHeaders = [
            "ETag": document.etag, "Last-Modified": UTCTime(seconds: document.modified).httpDate,
            "Accept-Ranges": "bytes",
        ]
        let request = exchange.head.headers
        if let known = request.first(name: "if-none-match"), known == "*" || known.contains(document.etag) {
            respondWithoutBody(304, headers, exchange)
            return
        }
        headers.add(name: "Content-Type", value: ContentType.of(document.name))
        let condition = request.first(name: "if-range")
        let field = condition == nil || condition == document.etag ? request.first(name: "range") : nil
        switch ByteRange(field, size: document.size) {
        case .whole:
            stream(document, 0..<document.size, status: .ok, headers, exchange)
        case .part(let range):
            headers.add(
                name: "Content-Range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(document.size)")
            stream(document, range, status: .partialContent, headers, exchange)
        case .unsatisfiable:
            headers = ["Content-Range": "bytes */\(document.size)"]
            respond(.error(416, "The file has \(document.size) bytes.", headers: headers), to: exchange)
        }
    }

    private func stream(
        _ document: OpenDocument, _ range: Range<Int>, status: HTTPResponseStatus, _ fields: HTTPHeaders,
        _ exchange: Exchange
    ) {
        guard let context else { return }
        var headers = fields
        headers.add(name: "Content-Length", value: String(range.count))
        begin(exchange, HTTPResponseHead(version: .http1_1, status: status, headers: headers), close: false)
        guard exchange.head.method != .HEAD, !range.isEmpty else {
            finish(exchange)
            return
        }
        let sender = DocumentSender(
            document, range: range, loop: context.eventLoop, files: services.files,
            send: { [weak self] piece, isLast in self?.pass(piece, isLast: isLast, exchange) ?? false },
            done: { [weak self] complete in
                exchange.documents = nil
                if complete { self?.finish(exchange) } else { self?.abandon(exchange, "the file became shorter") }
            })
        exchange.documents = sender
        sender.resume()
    }

    /// The last piece is flushed with the answer's end, so that both are one frame of HTTP/2.
    private func pass(_ piece: ByteBuffer, isLast: Bool, _ exchange: Exchange) -> Bool {
        guard self.exchange === exchange, let context else { return false }
        exchange.progress = .now()
        exchange.bytesOut += piece.readableBytes
        context.write(wrapOutboundOut(.body(.byteBuffer(piece))), promise: nil)
        if !isLast { context.flush() }
        return context.channel.isWritable
    }

    private func respondWithoutBody(_ status: Int, _ headers: HTTPHeaders, _ exchange: Exchange) {
        begin(
            exchange, HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers),
            close: false)
        finish(exchange)
    }

    /// The authority may come from anywhere, and over plain HTTP: it is answered before anything else is looked at.
    func answerChallenge(_ token: String, in folder: String, _ target: RequestTarget, _ exchange: Exchange) {
        guard let context else { return }
        services.files.runIfActive(eventLoop: context.eventLoop) { HTTPChallenge.authorization(of: token, in: folder) }
            .assumeIsolated()
            .whenComplete { [self] result in
                guard self.exchange === exchange else { return }
                if case .success(let authorization?) = result {
                    respond(ProxyAnswer(200, type: "text/plain", body: authorization), to: exchange)
                } else {
                    dispatch(target, exchange)
                }
            }
    }
}
