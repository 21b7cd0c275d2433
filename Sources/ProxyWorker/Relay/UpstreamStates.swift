import BundleLog
import Logging
import NIOCore
import Synchronization

/// Which servers of upstreams with several are out, and why. Shared by all event loops; one server alone is never out, since
/// nobody could answer for it.
///
/// - Passive: a connect that fails, or a new connection that ends before its answer, puts a server out for a while; then
///   requests try it again.
/// - Active: a failed health check puts it out until one succeeds.
final class UpstreamStates: Sendable {
    private struct Mark {
        var problem: String
        /// Until when; nil: until a health check succeeds.
        var until: NIODeadline?
    }

    /// How long a server is left alone after a failed request.
    static let pause = TimeAmount.seconds(5)

    private let marks = Mutex<[UpstreamEndpoint: Mark]>([:])
    private let logger = Logger(label: "proxy")

    func isAvailable(_ endpoint: UpstreamEndpoint, now: NIODeadline = .now()) -> Bool {
        marks.withLock { marks in
            guard let mark = marks[endpoint] else { return true }
            return mark.until.map { now >= $0 } ?? false
        }
    }

    /// Why a server is out; nil when it is not.
    func problem(_ endpoint: UpstreamEndpoint) -> String? {
        marks.withLock { $0[endpoint]?.problem }
    }

    /// A request could not be sent there.
    func failed(_ endpoint: UpstreamEndpoint, _ problem: String, now: NIODeadline = .now()) {
        let isNew = marks.withLock { marks in
            guard let mark = marks[endpoint] else {
                marks[endpoint] = Mark(problem: problem, until: now + Self.pause)
                return true
            }
            if mark.until != nil { marks[endpoint] = Mark(problem: problem, until: now + Self.pause) }
            return false
        }
        if isNew { tell(endpoint, problem) }
    }

    /// What a health check found out.
    func checked(_ endpoint: UpstreamEndpoint, _ problem: String?) {
        let before = marks.withLock { marks in
            let before = marks[endpoint]
            marks[endpoint] = problem.map { Mark(problem: $0, until: nil) }
            return before
        }
        if (before == nil) != (problem == nil) { tell(endpoint, problem) }
    }

    /// A request was answered there.
    func answered(_ endpoint: UpstreamEndpoint) {
        let wasOut = marks.withLock { marks in
            guard marks[endpoint]?.until != nil else { return false }
            marks[endpoint] = nil
            return true
        }
        if wasOut { tell(endpoint, nil) }
    }

    /// Forgets servers that a reload has removed.
    func keep(_ endpoints: [UpstreamEndpoint]) {
        marks.withLock { marks in marks = marks.filter { endpoints.contains($0.key) } }
    }

    private func tell(_ endpoint: UpstreamEndpoint, _ problem: String?) {
        guard let problem else {
            logger.info(
                "upstream \(endpoint.name): \(endpoint.socket) is back", metadata: [LogField.event: "upstream_back"])
            return
        }
        logger.warning(
            "upstream \(endpoint.name): \(endpoint.socket) is out, requests go to the others: \(problem)",
            metadata: [LogField.event: "upstream_out"])
    }
}
