import BundleConfig
import NIOCore
import NIOHTTP1
import TextFormats

/// Who asks for files that are not everybody's: found out by the auth worker, and remembered for a moment, so that a page of
/// fifty files is one password to compare. Of one event loop.
///
/// - Memory: at most 1,024 right credentials, each as a keyed digest, for 30 s and not beyond a reload. Wrong ones are
///   never remembered; those who ask with the same ones at the same time share the answer.
final class SignInDesk {
    /// What a client has shown.
    struct Credentials {
        /// The Authorization field; nil without one.
        var authorization: String?
        var client: ClientIdentity?
    }

    private static let capacity = 1_024
    private static let freshness = TimeAmount.seconds(30)
    /// More than any name and password.
    private static let sizeLimit = 8 << 10

    private unowned let services: LoopServices
    private let digest = KeyedDigest()
    private var known: [[UInt8]: (user: String, until: NIODeadline)] = [:]
    private var waiting: [[UInt8]: [(SignInVerdict) -> Void]] = [:]
    /// Counts reloads: what was asked before one is not remembered after it.
    private var generation = 0

    init(services: LoopServices) {
        self.services = services
    }

    /// Forgets everybody: a new configuration may have other users.
    func forget() {
        known = [:]
        generation += 1
    }

    /// Tells who it is: at once when that is known, else when the auth worker has said it.
    /// - Parameter facts: of the request, whose address counts for the auth worker's throttle.
    func identify(
        _ credentials: Credentials, _ state: ProxyState, facts: RequestHeaders.Facts,
        then: @escaping (SignInVerdict) -> Void
    ) {
        guard let upstream = state.upstreams.first(where: { $0.name == "auth" }) else {
            then(.unavailable("there is no upstream auth"))
            return
        }
        guard Self.mayKnow(credentials) else {
            then(.refused)
            return
        }
        let key = key(credentials)
        if let entry = known[key] {
            if entry.until > .now() {
                then(.signedIn(user: entry.user))
                return
            }
            known[key] = nil
        }
        waiting[key, default: []].append(then)
        guard waiting[key]?.count == 1 else { return }
        let asked = generation
        SignInQuestion(services, upstream, Self.head(credentials, state, facts), patience: state.connectTimeout) {
            [self] verdict in
            if case .signedIn(let user) = verdict, asked == generation { remember(key, user) }
            for then in waiting.removeValue(forKey: key) ?? [] { then(verdict) }
        }.ask()
    }

    /// Whether the auth worker could know anybody by it: a Basic login, or a certificate without any.
    private static func mayKnow(_ credentials: Credentials) -> Bool {
        guard let authorization = credentials.authorization else { return credentials.client?.name != nil }
        return authorization.utf8.count <= sizeLimit && authorization.prefix(6).lowercased() == "basic "
    }

    private func key(_ credentials: Credentials) -> [UInt8] {
        // No field holds a line feed.
        digest.digest("\(credentials.client?.fingerprint ?? "")\n\(credentials.authorization ?? "")".utf8)
    }

    private static func head(
        _ credentials: Credentials, _ state: ProxyState, _ facts: RequestHeaders.Facts
    ) -> HTTPRequestHead {
        var fields: HTTPHeaders = ["User-Agent": "dockmaster-proxy", "Host": state.configuration.domain]
        if let authorization = credentials.authorization { fields.add(name: "Authorization", value: authorization) }
        return HTTPRequestHead(
            version: .http1_1, method: .GET,
            uri: "/auth?service=\(PercentEncoding.encoded(state.configuration.domain))",
            headers: RequestHeaders.forwarded(fields, method: .GET, framing: .none, facts: facts))
    }

    private func remember(_ key: [UInt8], _ user: String) {
        if known.count >= Self.capacity {
            let now = NIODeadline.now()
            known = known.filter { $0.value.until > now }
            if known.count >= Self.capacity { known = [:] }
        }
        known[key] = (user, .now() + Self.freshness)
    }
}

@available(*, unavailable)
extension SignInDesk: Sendable {}
