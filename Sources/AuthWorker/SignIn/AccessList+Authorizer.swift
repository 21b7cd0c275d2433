extension AccessList: Authorizer {
    var name: String { "acl" }

    func authorize(_ request: AccessRequest) async -> AuthorizationOutcome {
        let decision = decide(request)
        return decision.rule == nil ? .noMatch : .decided(decision)
    }
}
