/// Somebody whom one back-end alone knows.
struct LoginPerson: CustomStringConvertible {
    /// As the audit log names what signed in.
    let authenticator: String
    let name: String
    let password: String
    let wrongPassword: String
    /// Whether docker is given a refresh token, and keeps it in the place of the password.
    let isLasting: Bool

    init(
        _ authenticator: String, _ name: String, _ password: String, wrong: String = "not-the-password",
        isLasting: Bool = true
    ) {
        self.authenticator = authenticator
        self.name = name
        self.password = password
        wrongPassword = wrong
        self.isLasting = isLasting
    }

    var description: String { "\(name) of \(authenticator)" }
}
