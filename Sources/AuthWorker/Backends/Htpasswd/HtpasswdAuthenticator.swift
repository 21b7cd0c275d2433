internal import HTTPService

/// The users of an htpasswd file (`htpasswd_auth`), without labels.
struct HtpasswdAuthenticator: Authenticator {
    let name = "htpasswd_auth"
    let file: HtpasswdFile
    let spendsOnStrangers = true

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        // The anonymous request, which every client begins with, is no guess.
        if account.isEmpty { return .unknownAccount }
        return switch await file.verify(account, password: password) {
        case .right: .signedIn(labels: .none)
        case .wrong: .wrongPassword
        case .unknown: .unknownAccount
        case .busy: .busy
        }
    }
}
