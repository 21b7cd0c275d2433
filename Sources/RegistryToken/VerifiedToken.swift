/// What the registry may believe of a request: the claims of a token whose signature, issuer, audience and times hold.
package struct VerifiedToken: Sendable, Equatable {
    /// The account; empty for anonymous.
    package var subject: String
    package var access: [ScopeAccess]
    /// Seconds since 1970 at which the token ends.
    package var expiry: Int64
    /// The token's own identifier (`jti`), for logs; empty when it has none.
    package var identifier: String

    package init(subject: String, access: [ScopeAccess], expiry: Int64, identifier: String = "") {
        self.subject = subject
        self.access = access
        self.expiry = expiry
        self.identifier = identifier
    }

    /// Whether some entry grants the action; `*` grants every action on its resource.
    package func allows(_ action: String, type: String, name: String) -> Bool {
        access.contains { entry in
            entry.type == type && entry.name == name && entry.actions.contains { $0 == action || $0 == "*" }
        }
    }
}
