import BundleConfig
import NIOCore
import NIOHTTP1

// The upstream's side of a request.

extension RequestHandler: UpstreamReceiver {
    func relay(_ exchange: Exchange, to upstream: Upstream) {
        exchange.mode = .relay
        exchange.asked = upstream
        // Until the upstream is there, no more than what has been read already is kept.
        if exchange.framing.hasBody { holdsReads = true }
        lease(exchange, upstream)
    }

    /// - Parameter failed: the server that has just failed the request, when it is sent once more.
    private func lease(_ exchange: Exchange, _ upstream: Upstream, after failed: UpstreamEndpoint? = nil) {
        exchange.upstreamBegan = .now()
        let lease = services.dialer.lease(
            upstream, fresh: failed != nil, avoiding: failed, deadline: .now() + exchange.state.connectTimeout
        ) { [self] lease, endpoint, result in
            guard self.exchange === exchange, exchange.mode == .relay, exchange.answer == .none else {
                if case .success(let connection) = result { connection.close() }
                return
            }
            exchange.endpoint = endpoint
            switch result {
            case .success(let connection): connected(connection, exchange)
            case .failure(let error):
                exchange.problem = "cannot connect to \(upstream.name) at \(endpoint.socket): \(error)"
                exchange.isUpstreamsFault = true
                respond(
                    .error(
                        503, "The service \(upstream.name) is not available now. Try again in a moment.",
                        headers: ["Retry-After": "5"]),
                    to: exchange)
            }
        }
        if exchange.upstream == nil { exchange.lease = lease }
    }

    private func connected(_ upstream: UpstreamConnection, _ exchange: Exchange) {
        exchange.lease = nil
        exchange.upstream = upstream
        exchange.progress = .now()
        upstream.receiver = self
        upstream.send(forwardedHead(exchange))
        if exchange.awaitsContinue, let context, exchange.bytesIn == 0 {
            upstream.flush()
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
        let queued = exchange.queued
        exchange.queued = []
        for buffer in queued { upstream.send(buffer) }
        if exchange.isComplete || exchange.framing == .none {
            upstream.sendEnd()
        } else {
            upstream.flush()
        }
        if upstream.isWritable { holdsReads = false }
    }

    private func forwardedHead(_ exchange: Exchange) -> HTTPRequestHead {
        let strip = exchange.route?.route.strip == true ? exchange.route?.route.prefix : nil
        let headers = RequestHeaders.forwarded(
            exchange.head.headers, method: exchange.head.method, framing: exchange.framing, facts: facts(exchange))
        return HTTPRequestHead(
            version: .http1_1, method: exchange.head.method,
            uri: exchange.target?.forwarded(stripping: strip) ?? exchange.head.uri, headers: headers)
    }

    /// What upstreams are told of the request.
    func facts(_ exchange: Exchange) -> RequestHeaders.Facts {
        RequestHeaders.Facts(
            requestID: exchange.requestID, remote: connection.remote, https: connection.https,
            host: exchange.head.headers.first(name: "host") ?? exchange.state.configuration.domain,
            port: exchange.host?.port ?? (connection.https ? exchange.state.configuration.httpsPort : connection.port),
            client: connection.client)
    }

    func upstreamBegan(_ head: HTTPResponseHead) {
        guard let exchange, exchange.answer == .none else { return }
        exchange.progress = .now()
        if let asked = exchange.asked, asked.hasSeveral, let endpoint = exchange.endpoint {
            services.states.answered(endpoint)
        }
        exchange.upstreamTook = exchange.upstreamBegan.map { .now() - $0 }
        // A client that is told to stop before it has sent everything gets no second request on the connection.
        let refusesBody = !exchange.isComplete && exchange.framing != .none && head.status.code >= 400
        // HTTP/2 has windows of its own.
        let watermark = services.budget.watermark
        if !connection.isHTTP2, watermark.high != bufferLimit {
            bufferLimit = watermark.high
            try? context?.channel.syncOptions?.setOption(.writeBufferWaterMark, value: watermark)
        }
        begin(exchange, head, close: refusesBody)
    }

    func upstreamSent(_ body: ByteBuffer) {
        guard let exchange, exchange.answer == .begun, let context else { return }
        exchange.progress = .now()
        exchange.bytesOut += body.readableBytes
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    func upstreamPaused() {
        guard let exchange, let context else { return }
        context.flush()
        if !context.channel.isWritable { exchange.upstream?.holdsReads = true }
    }

    func upstreamEnded() {
        guard let exchange, let upstream = exchange.upstream else { return }
        exchange.upstream = nil
        if let pool = upstream.pool { pool.giveBack(upstream) } else { upstream.close() }
        finish(exchange)
    }

    func upstreamWritabilityChanged(isWritable: Bool) {
        guard let exchange, exchange.upstream != nil else { return }
        exchange.progress = .now()
        if isWritable { holdsReads = false } else if !exchange.isComplete { holdsReads = true }
    }

    func upstreamFailed(_ problem: String) {
        guard let exchange, let upstream = exchange.upstream else { return }
        exchange.upstream = nil
        let name = exchange.asked?.name ?? "upstream"
        exchange.isUpstreamsFault = true
        guard exchange.answer == .none else {
            abandon(exchange, "\(name) failed within its answer: \(problem)")
            return
        }
        let isNew = upstream.uses == 1
        if let asked = exchange.asked, let endpoint = exchange.endpoint {
            if isNew, asked.hasSeveral { services.states.failed(endpoint, "it failed a request: \(problem)") }
            if !isNew || asked.hasSeveral, exchange.isRepeatable(isUnread: upstream.isUnread) {
                exchange.hasRetried = true
                exchange.isUpstreamsFault = false
                exchange.queued = exchange.kept ?? []
                lease(exchange, asked, after: endpoint)
                return
            }
        }
        exchange.problem = "\(name) failed before its answer: \(problem)"
        respond(.error(502, "The service \(name) failed while it handled the request. Try again."), to: exchange)
    }
}
