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
        if let folder = exchange.state.configuration.acmeChallenges, exchange.isRead, !exchange.framing.hasBody,
            let token = HTTPChallenge.token(of: target.path)
        {
            answerChallenge(token, in: folder, target, exchange)
        } else {
            dispatch(target, exchange)
        }
    }

    /// Who answers what is not a challenge.
    func dispatch(_ target: RequestTarget, _ exchange: Exchange) {
        let state = exchange.state
        guard isLetIn(exchange) else { return }
        if !connection.https, state.configuration.httpRedirect {
            let status = HTTPSRedirect.status(method: exchange.head.method.rawValue)
            respond(
                .redirect(status, to: state.httpsRedirect.location(host: exchange.host, target: target)), to: exchange)
        } else if target.path == "/healthz", exchange.isRead {
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
        guard route.route.addresses.admit(connection.address) else {
            turnAway(exchange, .address, .error(403, "This is not served to your address."))
            return
        }
        switch leadsTo {
        case .upstream(let upstream):
            guard isOpen(exchange, route) else { return }
            relay(exchange, to: upstream)
        case .documents(let root):
            guard let wanted = route.route.signIn else {
                sendDocument(exchange, from: root)
                return
            }
            signIn(exchange, wanted) { [self] in sendDocument(exchange, from: root) }
        case .redirect(let redirect):
            let location = RouteRedirect.location(redirect, prefix: route.route.prefix, target: target)
            respond(
                .redirect(HTTPSRedirect.status(method: exchange.head.method.rawValue), to: location), to: exchange)
        }
    }

    /// Whether the client's address is served at all, and has requests left.
    private func isLetIn(_ exchange: Exchange) -> Bool {
        let configuration = exchange.state.configuration
        guard configuration.addresses.admit(connection.address) else {
            turnAway(exchange, .address, .error(403, "Your address is not served here."))
            return false
        }
        let limits = configuration.limits
        guard limits.requestsPerAddress > 0, let key = AddressBook.Key(connection.address) else { return true }
        let wait = services.book.take(key, rate: limits.requestsPerAddress, burst: limits.requestBurst)
        guard let wait else { return true }
        let seconds = max(1, (wait.nanoseconds + 999_999_999) / 1_000_000_000)
        let answer = ProxyAnswer.error(
            429, "Your address makes too many requests. Try again in \(seconds) s.",
            headers: ["Retry-After": "\(seconds)"])
        turnAway(exchange, .requestsPerAddress, answer)
        return false
    }

    /// Whether upstreams are asked now: not at all in maintenance, and a registry only for reading while it is read-only.
    private func isOpen(_ exchange: Exchange, _ route: RouteTable.Entry) -> Bool {
        let configuration = exchange.state.configuration
        if let sentence = configuration.maintenance {
            turnAway(exchange, .maintenance, .error(503, sentence, headers: ["Retry-After": "120"]))
            return false
        }
        let reads: [HTTPMethod] = [.GET, .HEAD, .OPTIONS]
        guard let sentence = configuration.readOnly, route.isRegistry, !reads.contains(exchange.head.method) else {
            return true
        }
        turnAway(exchange, .readOnly, .error(503, sentence, headers: ["Retry-After": "120"]))
        return false
    }

    private func turnAway(_ exchange: Exchange, _ reason: ProxyFigures.Refusal, _ answer: ProxyAnswer) {
        services.figures.refuse(reason)
        exchange.problem = "turned away (\(reason.rawValue))"
        respond(answer, to: exchange)
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
            registry: exchange.route?.isRegistry ?? false, isOurs: exchange.asked == nil,
            extra: exchange.route?.route.headers ?? [:])
        if !headers.contains(name: "date") { headers.add(name: "Date", value: HTTPDate.now()) }
        if close, !connection.isHTTP2 { headers.add(name: "Connection", value: "close") }
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: head.status, headers: headers))),
            promise: nil)
    }
}
