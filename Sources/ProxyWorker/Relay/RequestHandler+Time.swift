import BundleConfig
import NIOCore

// How long a request may take, and who keeps it waiting.

extension RequestHandler {
    /// One timer for all requests of the connection, set again only when it fires.
    func watch(_ exchange: Exchange) {
        guard timer == nil, let context else { return }
        let state = exchange.state
        let interval = TimeAmount(state.configuration.limits.progressInterval)
        schedule(context, min(state.idleTimeout, state.responseTimeout, interval))
    }

    private func schedule(_ context: ChannelHandlerContext, _ delay: TimeAmount) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.check() }
    }

    private func check() {
        timer = nil
        guard let exchange, let context else { return }
        if exchange.answer == .begun, !context.channel.isWritable {
            // How much the client has taken only the kernel knows.
            AcknowledgedBytes.read(context.channel) { [weak self] bytes in
                guard let self, self.exchange === exchange, timer == nil else { return }
                check(exchange, context, paced: bytes)
            }
        } else {
            let waitsForBody =
                exchange.framing.hasBody && !exchange.isComplete && !holdsReads && exchange.answer != .complete
            check(exchange, context, paced: waitsForBody && exchange.mode == .relay ? exchange.bytesIn : nil)
        }
    }

    /// - Parameter paced: the bytes that the client has moved; nil while it is not what the request waits for.
    private func check(_ exchange: Exchange, _ context: ChannelHandlerContext, paced: Int?) {
        var next = NIODeadline.now() + TimeAmount(exchange.state.configuration.limits.progressInterval)
        if let paced {
            let isReader = exchange.answer == .begun && !context.channel.isWritable
            let verdict = isReader ? exchange.readerPace.check(bytes: paced) : exchange.pace.check(bytes: paced)
            switch verdict {
            case .tooSlow:
                services.figures.refuse(.slow)
                let problem = isReader ? "the client takes the answer too slowly" : "the client sends too slowly"
                giveUp(exchange, status: 408, problem: problem)
                return
            case .goesOn(let until):
                // A reader that takes little, but enough, is not idle.
                if isReader, until > next - .milliseconds(1) { exchange.progress = .now() }
                next = until
            }
        }
        let limit = RelayPatience.limit(
            requestComplete: exchange.isComplete, readsHeld: holdsReads, answer: exchange.answer,
            clientWritable: context.channel.isWritable, idle: exchange.state.idleTimeout,
            response: exchange.state.responseTimeout)
        let due = exchange.progress + limit.time
        guard NIODeadline.now() >= due else {
            schedule(context, max(.milliseconds(10), min(due, next) - .now()))
            return
        }
        giveUp(exchange, status: limit.status, problem: limit.problem)
    }

    /// A reader's window begins when the answer begins to wait for it.
    func watchReader(_ exchange: Exchange, _ context: ChannelHandlerContext) {
        guard exchange.answer == .begun else { return }
        AcknowledgedBytes.read(context.channel) { bytes in
            if let bytes { exchange.readerPace.begin(bytes: bytes) }
        }
    }

    private func giveUp(_ exchange: Exchange, status: Int, problem: String) {
        exchange.problem = problem
        exchange.isUpstreamsFault = status == 504
        guard exchange.answer == .none else {
            abandon(exchange, problem)
            return
        }
        exchange.lease?.cancel()
        exchange.upstream?.close()
        exchange.upstream = nil
        respond(.error(status, "The request was given up: \(problem)."), to: exchange, close: true)
    }
}
