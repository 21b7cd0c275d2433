import HTTPService

/// `http.debug`: a listener of its own for metrics and health.
struct DebugSettings: Sendable, Equatable {
    var address: ListenAddress
    /// The path of the metrics; nil when `prometheus` is not enabled.
    var metricsPath: String?
}
