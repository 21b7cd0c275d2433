/// Someone who may sign in.
struct UserAccount: Sendable, Equatable {
    /// How the account is recognised.
    enum Password: Sendable, Equatable {
        /// Any password will do (only with `allow_anonymous`).
        case none
        case plain(Secret)
        case hash(String)
        /// In a file of its own: made on first start when it lies in the data folder's `configuration`.
        case file(String)
    }

    var name: String
    var password: Password
    /// `{label: [value]}`, for the ACL.
    var labels: ConfigurationNode?

    /// The file's password when the account has one.
    var passwordFile: String? {
        if case .file(let path) = password { path } else { nil }
    }
}
