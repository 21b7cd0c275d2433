/// Something that says what an account may do: the configuration's access list, a table of rules, a command.
/// They are asked in docker_auth's order until one has a rule that matches.
/// - Source: shared/reference/docker_auth.md, "HTTP", authorization order.
protocol Authorizer: Sendable {
    /// Its key in the configuration file: `acl`, `acl_xorm`, `ext_authz`.
    var name: String { get }

    func authorize(_ request: AccessRequest) async -> AuthorizationOutcome
}
