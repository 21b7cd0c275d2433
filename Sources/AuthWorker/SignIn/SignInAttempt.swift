/// What came of an attempt to find out who asks.
enum SignInAttempt: Sendable {
    case identified(Identity)
    /// Never `.signedIn`.
    case refused(SignInOutcome, by: String)
}
