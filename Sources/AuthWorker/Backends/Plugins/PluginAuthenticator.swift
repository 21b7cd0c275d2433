internal import RegistryToken
internal import TextFormats

/// Asks a plugin who signs in (`plugin_authn`).
///
/// - Question: `{"user": "…", "password": "…"}`. Answer: `{"result": "allowed", "labels": {…}}`, or `"denied"`, or
///   `"no_match"`: the results of `ext_auth`.
struct PluginAuthenticator: Authenticator {
    let name = "plugin_authn"
    let transport: any PluginTransport

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        guard !account.isEmpty else { return .unknownAccount }
        var question = Array(#"{"user":"#.utf8)
        JSONString.append(account, to: &question)
        question.append(contentsOf: #","password":"#.utf8)
        JSONString.append(String(decoding: password, as: UTF8.self), to: &question)
        question.append(UInt8(ascii: "}"))
        do throws(BackendFailure) {
            let answer = try await transport.ask(question)
            switch answer["result"]?.string {
            case "allowed":
                guard let labels = Labels(json: answer["labels"]) else {
                    throw BackendFailure(problem: "plugin_authn: its labels are not {NAME: [VALUE]}", isOutage: false)
                }
                return .signedIn(labels: labels)
            case "denied": return .wrongPassword
            case "no_match": return .unknownAccount
            default: throw BackendFailure(problem: "plugin_authn: its answer has no result", isOutage: false)
            }
        } catch {
            return .failed(error)
        }
    }
}
