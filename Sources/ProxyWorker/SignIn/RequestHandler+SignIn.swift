import BundleConfig
import NIOCore
import NIOHTTP1

// Files that are not everybody's.

extension RequestHandler {
    /// Goes on when somebody is signed in whom the route is for; else answers.
    func signIn(_ exchange: Exchange, _ wanted: RouteSignIn, then: @escaping () -> Void) {
        guard connection.https else {
            respond(.error(403, "This is served over https only, for it needs a password."), to: exchange)
            return
        }
        let fields = exchange.head.headers[canonicalForm: "authorization"]
        guard fields.count <= 1 else {
            challenge(exchange, wanted)
            return
        }
        let credentials = SignInDesk.Credentials(
            authorization: fields.first.map { String($0) }, client: connection.client)
        services.signIns.identify(credentials, exchange.state, facts: facts(exchange)) { [weak self] verdict in
            guard let self, self.exchange === exchange, exchange.answer == .none else { return }
            take(verdict, exchange, wanted, then)
        }
    }

    private func take(
        _ verdict: SignInVerdict, _ exchange: Exchange, _ wanted: RouteSignIn, _ then: () -> Void
    ) {
        switch verdict {
        case .signedIn(let user):
            exchange.user = user
            guard wanted.users.isEmpty || wanted.users.contains(where: { $0.utf8.elementsEqual(user.utf8) }) else {
                exchange.problem = "it is not for this user"
                respond(.error(403, "This is not served to you."), to: exchange)
                return
            }
            then()
        case .refused:
            challenge(exchange, wanted)
        case .delayed(let seconds):
            exchange.problem = "too many failed sign-ins"
            respond(
                .error(
                    429, "Too many failed sign-ins. Try again in \(seconds) s.", headers: ["Retry-After": "\(seconds)"]),
                to: exchange)
        case .unavailable(let problem):
            exchange.problem = "the auth worker cannot be asked: \(problem)"
            respond(
                .error(503, "Nobody can sign in now. Try again in a moment.", headers: ["Retry-After": "5"]),
                to: exchange)
        }
    }

    /// - Source: RFC 7617, section 2.
    private func challenge(_ exchange: Exchange, _ wanted: RouteSignIn) {
        let realm = wanted.realm ?? exchange.state.configuration.domain
        respond(
            .error(
                401, "Sign in to read this.",
                headers: ["WWW-Authenticate": "Basic realm=\"\(realm)\", charset=\"UTF-8\""]),
            to: exchange)
    }
}
