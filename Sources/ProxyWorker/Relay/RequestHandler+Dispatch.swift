import BundleConfig
import NIOCore
import NIOHTTP1
import TextFormats

// Who answers a request, and the answers of the proxy itself.

extension RequestHandler {
    func dispatch(_ exchange: Exchange) {
        if exchange.framing == .stream, exchange.mode == .undecided { exchange.framing = .chunked }
        exchange.mode = .local
        exchange.host = exchange.head.headers.first(name: "host").flatMap(HostName.init)
        let target: RequestTarget
        do throws(RequestRefusal) {
            target = try RequestTarget(exchange.head.uri)
        } catch {
            refuse(error, exchange)
            return
        }
        exchange.target = target
        let state = exchange.state
        let isRead = exchange.head.method == .GET || exchange.head.method == .HEAD
        if !connection.https, state.configuration.httpRedirect {
            let status = HTTPSRedirect.status(method: exchange.head.method.rawValue)
            respond(
                .redirect(status, to: state.httpsRedirect.location(host: exchange.host, target: target)), to: exchange)
        } else if target.path == "/healthz", isRead {
            checkHealth(exchange)
        } else if let index = state.routes.match(path: target.path, host: exchange.host) {
            take(state.targets[index], state.routes.entries[index], target, exchange)
        } else {
            respond(.error(404, "Nothing is served at \(target.path)."), to: exchange)
        }
    }

    private func take(
        _ leadsTo: ProxyState.Target, _ route: RouteTable.Entry, _ target: RequestTarget, _ exchange: Exchange
    ) {
        exchange.route = route
        if route.isRegistry, let agent = exchange.head.headers.first(name: "user-agent"), OldDocker.isUserAgent(agent) {
            respond(.error(404, "Docker before 1.6 speaks another protocol: upgrade docker."), to: exchange)
            return
        }
        switch leadsTo {
        case .upstream(let endpoint):
            relay(exchange, to: endpoint)
        case .documents(let root):
            sendDocument(exchange, from: root)
        case .redirect(let redirect):
            let location = RouteRedirect.location(redirect, prefix: route.route.prefix, target: target)
            respond(
                .redirect(HTTPSRedirect.status(method: exchange.head.method.rawValue), to: location), to: exchange)
        }
    }

    private func checkHealth(_ exchange: Exchange) {
        services.health.check(exchange.state) { [weak self] report in
            guard let self, self.exchange === exchange else { return }
            self.respond(
                ProxyAnswer(report.isReady ? 200 : 503, type: "application/json", body: report.json), to: exchange)
        }
    }

    func refuse(_ refusal: RequestRefusal, _ exchange: Exchange) {
        exchange.problem = refusal.problem
        exchange.lease?.cancel()
        exchange.upstream?.close()
        exchange.upstream = nil
        respond(.refusal(refusal), to: exchange, close: true)
    }

    /// Gives an answer of the proxy's own, in full.
    /// - Parameter close: whether the connection ends with it.
    func respond(_ answer: ProxyAnswer, to exchange: Exchange, close: Bool = false) {
        guard let context, exchange.answer == .none else { return }
        exchange.mode = .local
        exchange.queued = []
        holdsReads = false
        var headers = answer.headers
        headers.add(name: "Content-Length", value: String(answer.body.readableBytes))
        begin(
            exchange, HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers),
            close: close || (!exchange.isComplete && exchange.framing.hasBody))
        if answer.body.readableBytes > 0, exchange.head.method != .HEAD {
            exchange.bytesOut += answer.body.readableBytes
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        finish(exchange)
    }

    /// Writes the head of an answer, with the proxy's own fields.
    func begin(_ exchange: Exchange, _ head: HTTPResponseHead, close: Bool) {
        guard let context else { return }
        exchange.answer = .begun
        exchange.status = Int(head.status.code)
        var headers = exchange.state.responseHeaders.sent(
            head.headers, requestID: exchange.requestID, https: connection.https,
            registry: exchange.route?.isRegistry ?? false, extra: exchange.route?.route.headers ?? [:])
        if !headers.contains(name: "date") { headers.add(name: "Date", value: HTTPDate.now()) }
        if close, !connection.isHTTP2 { headers.add(name: "Connection", value: "close") }
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: head.status, headers: headers))),
            promise: nil)
    }
}
