import NIOCore

/// Finds requests of one event loop a connection: to the one server of their upstream, or to the next of several that is there.
///
/// - Order: those that are there take turns; then the backups that are there; then, rather than none, those that are out.
/// - Fail-over: a server that cannot be connected to is out for a while (`UpstreamStates`), and the next one is asked at once.
/// - Restarts: when no one could be connected to, all are tried again until the deadline, after 25 ms and then ever longer up
///   to 250 ms.
final class UpstreamDialer {
    typealias Answer = (UpstreamLease, UpstreamEndpoint, Result<UpstreamConnection, any Error>) -> Void

    /// How long the only server, or the last one that is left to try, may take to accept.
    private static let patience = TimeAmount.seconds(5)
    /// How long one may take while there are others.
    private static let shortPatience = TimeAmount.seconds(1)

    private struct Call {
        let upstream: Upstream
        let fresh: Bool
        let deadline: NIODeadline
        var pause = TimeAmount.milliseconds(25)
        /// Whom to ask next; the first is asked now.
        var candidates: ArraySlice<UpstreamEndpoint>
        let then: Answer
    }

    private unowned let services: LoopServices
    /// Whose turn it is, by the upstream's name.
    private var turns: [String: Int] = [:]
    private var isClosed = false

    init(services: LoopServices) {
        self.services = services
    }

    /// Gives a connection to `then`: at once when one idles, else when one is made or the deadline has passed.
    /// - Parameters:
    ///   - fresh: whether it must be new.
    ///   - avoiding: a server that has just failed the request, which is asked last.
    func lease(
        _ upstream: Upstream, fresh: Bool = false, avoiding: UpstreamEndpoint? = nil, deadline: NIODeadline,
        then: @escaping Answer
    ) -> UpstreamLease {
        let lease = UpstreamLease()
        var candidates = order(upstream)
        if let avoiding, let index = candidates.firstIndex(of: avoiding) {
            candidates.append(candidates.remove(at: index))
        }
        ask(
            lease,
            Call(upstream: upstream, fresh: fresh, deadline: deadline, candidates: candidates[...], then: then))
        return lease
    }

    /// Nobody is tried again.
    func close() {
        isClosed = true
    }

    private func order(_ upstream: Upstream) -> [UpstreamEndpoint] {
        guard upstream.hasSeveral else { return upstream.endpoints }
        let turn = turns[upstream.name, default: 0]
        turns[upstream.name] = turn &+ 1
        let start = Int(UInt(bitPattern: turn) % UInt(upstream.endpoints.count))
        let all = Array(upstream.endpoints[start...] + upstream.endpoints[..<start]) + upstream.backups
        let present = all.filter { services.states.isAvailable($0) }
        return present.count == all.count ? all : present + all.filter { !present.contains($0) }
    }

    private func ask(_ lease: UpstreamLease, _ call: Call) {
        guard let endpoint = call.candidates.first else { return }
        let limit = call.candidates.count > 1 ? Self.shortPatience : Self.patience
        let left = max(.milliseconds(1), call.deadline - .now())
        services.pool(endpoint).take(lease, fresh: call.fresh, timeout: min(left, limit)) { [self] result in
            switch result {
            case .success: call.then(lease, endpoint, result)
            case .failure(let error):
                if call.upstream.hasSeveral { services.states.failed(endpoint, "cannot connect: \(error)") }
                next(lease, call, after: endpoint, error)
            }
        }
    }

    private func next(_ lease: UpstreamLease, _ failed: Call, after endpoint: UpstreamEndpoint, _ error: any Error) {
        var call = failed
        call.candidates.removeFirst()
        if !call.candidates.isEmpty, !isClosed, .now() < call.deadline {
            ask(lease, call)
            return
        }
        guard !isClosed, .now() + call.pause < call.deadline else {
            call.then(lease, endpoint, .failure(error))
            return
        }
        services.loop.assumeIsolated().scheduleTask(in: call.pause) { [self, call] in
            guard !lease.isCancelled else { return }
            var again = call
            again.pause = min(.milliseconds(250), call.pause * 2)
            again.candidates = order(call.upstream)[...]
            ask(lease, again)
        }
    }
}

@available(*, unavailable)
extension UpstreamDialer: Sendable {}
