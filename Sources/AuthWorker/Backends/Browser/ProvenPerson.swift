/// Who a provider says that somebody is, and what may be asked of it again.
struct ProvenPerson: Sendable, Equatable {
    var account: String
    /// All but the password's hash.
    var record: SignInRecord
}
