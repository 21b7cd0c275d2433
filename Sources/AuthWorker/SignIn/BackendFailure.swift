/// Why a back-end could not answer. The client learns that it is so, the log why.
struct BackendFailure: Error, Sendable, Equatable {
    /// For the log: what failed, with the system's or the peer's own words. Never a password.
    var problem: String
    /// It cannot be reached or did not answer in time: 503, and the client may try again. Otherwise 500.
    var isOutage: Bool
    /// The client is told as well: he has shown that he is the account's owner, and can mend it.
    var isShown = false
}

extension BackendFailure {
    static func shown(_ problem: String) -> BackendFailure {
        BackendFailure(problem: problem, isOutage: false, isShown: true)
    }

    static let late = BackendFailure(problem: "it did not answer in time", isOutage: true)
}
