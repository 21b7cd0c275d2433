internal import RegistryToken

/// Asks a plugin what an account may do (`plugin_authz`).
///
/// - Question: what `ext_authz` asks. Answer: `{"result": "allowed", "actions": ["pull"]}` (without `actions`: all that was
///   asked for), or `"denied"`, or `"no_match"`.
struct PluginAuthorizer: Authorizer {
    let name = "plugin_authz"
    let transport: any PluginTransport

    func authorize(_ request: AccessRequest) async -> AuthorizationOutcome {
        do throws(BackendFailure) {
            let answer = try await transport.ask(request.json)
            switch answer["result"]?.string {
            case "allowed":
                var allowed = request.actions
                if let actions = answer["actions"], actions != .null {
                    guard let texts = actions.strings else {
                        throw BackendFailure(problem: "plugin_authz: its actions are no list of texts", isOutage: false)
                    }
                    // Never more than what was asked for.
                    allowed = allowed.filter(Set(texts).contains)
                }
                return .decided(AccessDecision(rule: nil, allowed: allowed))
            case "denied": return .decided(.nothing)
            case "no_match": return .noMatch
            default: throw BackendFailure(problem: "plugin_authz: its answer has no result", isOutage: false)
            }
        } catch {
            return .failed(error)
        }
    }
}
