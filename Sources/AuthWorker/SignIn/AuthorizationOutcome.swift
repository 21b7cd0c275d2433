/// What an authorizer says to one question.
enum AuthorizationOutcome: Sendable, Equatable {
    case decided(AccessDecision)
    /// It has no rule for this: the next authorizer is asked, and without one nothing is allowed.
    case noMatch
    /// It could not say.
    case failed(BackendFailure)
}
