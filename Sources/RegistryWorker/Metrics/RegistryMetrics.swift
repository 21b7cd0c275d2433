import HTTPService
import RegistryStorage
import Synchronization
import TextFormats

/// What the registry counts, under distribution's names.
///
/// Bounded: labels are made of a few words of our own, never of what a client sends.
/// - Source: distribution's `metrics` package and docker/go-metrics' `HTTPMetrics`.
final class RegistryMetrics: Sendable {
    private struct RequestKey: Hashable {
        var handler: String
        var method: String
        var status: Int
    }

    private struct TimeKey: Hashable {
        var first: String
        var second: String
    }

    private struct State {
        var requests: [RequestKey: Int] = [:]
        var durations: [TimeKey: Histogram] = [:]
        var received: [String: Int] = [:]
        var sent: [String: Int] = [:]
        var inFlight: [String: Int] = [:]
        var actions: [TimeKey: Histogram] = [:]
    }

    private static let methods: Set = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]
    private let state = Mutex(State())

    func begin(_ handler: String) {
        state.withLock { $0.inFlight[handler, default: 0] += 1 }
    }

    /// - Parameters:
    ///   - received, sent: bytes of the bodies as far as they are announced.
    func end(
        _ handler: String, method: String, status: Int, took seconds: Double, received: Int, sent: Int
    ) {
        let method = Self.methods.contains(method) ? method.lowercased() : "other"
        state.withLock { state in
            state.inFlight[handler, default: 1] -= 1
            state.requests[RequestKey(handler: handler, method: method, status: status), default: 0] += 1
            state.durations[TimeKey(first: handler, second: method), default: Histogram()].note(seconds)
            state.received[handler, default: 0] += received
            state.sent[handler, default: 0] += sent
        }
    }

    /// An action of the storage: distribution's words (`Stat`, `Reader`, `PutContent`, …).
    func note(action: String, took duration: Duration) {
        state.withLock {
            $0.actions[TimeKey(first: "filesystem", second: action), default: Histogram()].note(duration / .seconds(1))
        }
    }

    /// Everything in Prometheus' text format.
    /// - Parameter storage: what the storage itself counts.
    func text(_ storage: StorageFigures) -> String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        text.counter(
            "registry_http_requests_total", "Total number of HTTP requests made.",
            state.requests.map {
                ([("code", String($0.status)), ("handler", $0.handler), ("method", $0.method)], $1)
            })
        text.histogram(
            "registry_http_request_duration_seconds", "The HTTP request latencies in seconds.",
            state.durations.map { ([("handler", $0.first), ("method", $0.second)], $1) })
        text.counter(
            "registry_http_request_size_bytes_total", "Bytes of the requests' bodies.",
            state.received.map { ([("handler", $0)], $1) })
        text.counter(
            "registry_http_response_size_bytes_total", "Bytes of the answers' bodies.",
            state.sent.map { ([("handler", $0)], $1) })
        text.gauge(
            "registry_http_in_flight_requests", "The in-flight HTTP requests.",
            state.inFlight.map { ([("handler", $0)], $1) })
        text.histogram(
            "registry_storage_action_seconds", "The number of seconds that the storage action takes",
            state.actions.map { ([("action", $0.second), ("driver", $0.first)], $1) })
        text.counter(
            "registry_storage_cache_requests_total", "The number of cache request received",
            [([], storage.cacheRequests)])
        text.counter("registry_storage_cache_hits_total", "The number of cache hits", [([], storage.cacheHits)])
        text.counter("registry_storage_cache_errors_total", "The number of cache request errors", [([], 0)])
        text.gauge(
            "registry_storage_repository_bytes",
            "Bytes of the content that a repository links, of the 1000 that link most",
            storage.repositories.map { ([("repository", $0.key)], $0.value) })
        return text.finished()
    }
}
