/// Why a back-end could not answer. The client learns that it is so, the log why.
struct BackendFailure: Error, Sendable, Equatable {
    /// For the log: what failed, with the system's or the peer's own words. Never a password.
    var problem: String
    /// It cannot be reached or did not answer in time: 503, and the client may try again. Otherwise 500.
    var isOutage: Bool
}

extension BackendFailure {
    static let late = BackendFailure(problem: "it did not answer in time", isOutage: true)
}
