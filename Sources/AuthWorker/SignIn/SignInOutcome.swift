/// How an attempt to sign in ended.
enum SignInOutcome: Sendable, Equatable {
    case signedIn(labels: Labels)
    /// The account is not known here: the next back-end is asked.
    case unknownAccount
    /// Refused at once, without asking another back-end.
    case wrongPassword
    /// Too many passwords wait to be hashed.
    case busy
    /// The back-end could not say.
    case failed(BackendFailure)
}
