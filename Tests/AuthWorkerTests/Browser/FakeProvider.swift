import Crypto
import CryptoExtras
import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import Logging
import RegistryToken
import Synchronization
import TextFormats

@testable import AuthWorker

/// An identity provider of a test's own: OpenID Connect, GitHub and GitLab on one real HTTP server, strict about what it takes.
final class FakeProvider: Sendable {
    /// What it does; tests change it.
    struct Behaviour {
        var email: String? = "u@x.com"
        /// Further members of ID tokens and of userinfo.
        var claims = #","groups":["dev","ops"],"role":"lead""#
        /// What an ID token is signed with; nil for the key that is published.
        var key: P256.Signing.PrivateKey?
        var signsNothing = false
        var issuer: String?
        var audience: String?
        var nonce: String?
        /// Seconds from now.
        var end = 300
        var lifetime = 3_600
        var givesRefreshToken = true
        /// The error of the next refreshes.
        var refreshError: String?
        /// Userinfo's, and the user's name at the forges.
        var user = "u@x.com"
        var isMember = true
        var isDown = false
    }

    struct Code {
        var nonce: String
        var challenge: String
        var redirect: String
    }

    struct State {
        var behaviour = Behaviour()
        var codes: [String: Code] = [:]
        var refreshTokens: Set<String> = []
        var accessTokens: Set<String> = []
        /// `POST /token`
        var requests: [String] = []
        var count = 0
    }

    static let client = "CID"
    static let secret = "S&+ecret"

    let port: Int
    let state = Mutex(State())
    let key = P256.Signing.PrivateKey()
    private let listener: HTTPListener

    var url: String { "http://127.0.0.1:\(port)" }

    init() async throws {
        let box = Box()
        var found: (HTTPListener, Int)?
        while found == nil {
            let listener = HTTPListener(responder: FakeResponder(box: box), logger: Logger(label: "provider"))
            let port = Int.random(in: 20_000...29_999)
            do {
                try await listener.start(address: .tcp(host: "127.0.0.1", port: port))
                found = (listener, port)
            } catch {
                // Somebody has the port.
                continue
            }
        }
        (listener, port) = found ?? (HTTPListener(responder: FakeResponder(box: box), logger: Logger(label: "")), 0)
        box.provider.withLock { $0 = Weak(provider: self) }
    }

    func stop() async { await listener.drain(within: .zero) }

    func change(_ body: @Sendable (inout Behaviour) -> Void) { state.withLock { body(&$0.behaviour) } }

    func requests(_ line: String) -> Int { state.withLock { $0.requests.count { $0 == line } } }

    /// What its page does when the person agrees.
    /// - Parameter form: the query of the address that the browser was sent to.
    func agree(_ form: FormValues) -> String {
        state.withLock { state in
            state.count += 1
            let code = "code-\(state.count)"
            state.codes[code] = Code(
                nonce: form.first("nonce"), challenge: form.first("code_challenge"),
                redirect: form.first("redirect_uri"))
            return code
        }
    }

    // MARK: Answers

    fileprivate func answer(
        _ method: String, _ path: String, _ form: FormValues, _ authorization: String
    ) -> (Int, String, [(String, String)]) {
        state.withLock { state in
            state.requests.append("\(method) \(path)")
            if state.behaviour.isDown { return (503, "{}", []) }
            switch (method, path) {
            case ("GET", "/.well-known/openid-configuration"):
                return (
                    200,
                    #"{"issuer":"\#(url)","jwks_uri":"\#(url)/jwks","authorization_endpoint":"\#(url)/authz","#
                        + #""token_endpoint":"\#(url)/token","userinfo_endpoint":"\#(url)/userinfo"}"#, []
                )
            case ("GET", "/jwks"):
                let point = Array(key.publicKey.rawRepresentation)
                let (x, y) = (Base64.text(point.prefix(32), as: .url), Base64.text(point.suffix(32), as: .url))
                return (200, #"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"\#(x)","y":"\#(y)"}]}"#, [])
            case ("POST", "/token"):
                guard isClient(authorization) else { return (401, #"{"error":"invalid_client"}"#, []) }
                return token(&state, form, idToken: true)
            case ("POST", "/login/oauth/access_token"), ("POST", "/oauth/token"):
                guard form.first("client_id") == Self.client, form.first("client_secret") == Self.secret else {
                    return (200, #"{"error":"incorrect_client_credentials"}"#, [])
                }
                return token(&state, form, idToken: false)
            default: break
            }
            guard let token = authorization.split(separator: " ").last, state.accessTokens.contains(String(token))
            else {
                return (401, "{}", [])
            }
            return resource(state.behaviour, path, form)
        }
    }

    private func isClient(_ authorization: String) -> Bool {
        let pair = "\(Self.client):S%26%2Becret"
        return authorization == "Basic \(Base64.text(Array(pair.utf8), as: .standard))"
    }

    private func token(_ state: inout State, _ form: FormValues, idToken: Bool) -> (Int, String, [(String, String)]) {
        var nonce = ""
        var refreshes = false
        if form.first("grant_type") == "refresh_token" {
            if let error = state.behaviour.refreshError {
                return (400, #"{"error":"invalid_grant","error_description":"\#(error)"}"#, [])
            }
            // Each counts once, as where they are rotated.
            guard state.refreshTokens.remove(form.first("refresh_token")) != nil else {
                return (400, #"{"error":"invalid_grant","error_description":"used"}"#, [])
            }
            refreshes = true
        } else {
            let hash = Array(SHA256.hash(data: Array(form.first("code_verifier").utf8)))
            guard let code = state.codes.removeValue(forKey: form.first("code")),
                code.redirect == form.first("redirect_uri"),
                code.challenge == Base64.text(hash, as: .url)
            else { return (400, #"{"error": "invalid_grant"}"#, []) }
            nonce = code.nonce
        }
        state.count += 1
        let behaviour = state.behaviour
        state.accessTokens.insert("access-\(state.count)")
        var body =
            #"{"access_token":"access-\#(state.count)","token_type":"Bearer","expires_in":\#(behaviour.lifetime)"#
        if behaviour.givesRefreshToken {
            state.refreshTokens.insert("refresh-\(state.count)")
            body += #","refresh_token":"refresh-\#(state.count)""#
        }
        if idToken, !refreshes { body += #","id_token":"\#(self.idToken(behaviour, nonce))""# }
        return (200, body + "}", [])
    }

    private func idToken(_ behaviour: Behaviour, _ nonce: String) -> String {
        let now = UTCTime.now().seconds
        let email = behaviour.email.map { #","email":\#(JSONString.quoted($0))"# } ?? ""
        let head = #"{"alg":"\#(behaviour.signsNothing ? "none" : "ES256")","kid":"1","typ":"JWT"}"#
        let body =
            #"{"iss":"\#(behaviour.issuer ?? url)","aud":"\#(behaviour.audience ?? Self.client)","sub":"7","#
            + #""exp":\#(now + behaviour.end),"iat":\#(now),"nonce":"\#(behaviour.nonce ?? nonce)"\#(email)\#(behaviour.claims)}"#
        let signed = [head, body].map { Base64.text(Array($0.utf8), as: .url) }.joined(separator: ".")
        let signature = try? (behaviour.key ?? key).signature(for: Array(signed.utf8)).rawRepresentation
        return "\(signed).\(behaviour.signsNothing ? "" : Base64.text(Array(signature ?? .init()), as: .url))"
    }

    private func resource(
        _ behaviour: Behaviour, _ path: String, _ form: FormValues
    ) -> (Int, String, [(String, String)]) {
        switch path {
        case "/userinfo": return (200, #"{"sub":"7","email":"\#(behaviour.user)"\#(behaviour.claims)}"#, [])
        case "/api/user", "/api/v4/user":
            return (200, #"{"login":"\#(behaviour.user)","username":"\#(behaviour.user)"}"#, [])
        case "/api/orgs/acme/members/\(behaviour.user)": return (behaviour.isMember ? 204 : 404, "", [])
        case "/api/user/teams":
            if form.first("page") == "2" {
                return (200, #"[{"slug":"t1","organization":{"login":"Acme"},"parent":{"slug":"parent"}}]"#, [])
            }
            return (
                200, #"[{"slug":"t2","organization":{"login":"other"}}]"#,
                [("link", "<\(url)/api/user/teams?per_page=100&page=2>; rel=\"next\", <\(url)/last>; rel=\"last\"")]
            )
        case "/oauth/userinfo":
            return (200, #"{"sub":"7","groups":[\#(behaviour.isMember ? #""acme","acme/web""# : #""other""#)]}"#, [])
        default: return (404, "{}", [])
        }
    }
}

private struct Weak: Sendable { weak let provider: FakeProvider? }

/// Where the responder finds its provider.
private final class Box: Sendable {
    let provider = Mutex<Weak?>(nil)
}

private struct FakeResponder: HTTPResponder {
    let box: Box

    func respond(to request: Request, context: ServiceRequestContext) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        let parts = (request.head.path ?? "/").split(separator: "?", maxSplits: 1).map(String.init)
        let form = FormValues(Array(buffer: body)).followed(by: FormValues((parts.count > 1 ? parts[1] : "").utf8))
        guard let provider = box.provider.withLock({ $0?.provider }) else { return Response(status: .notFound) }
        let (status, text, headers) = provider.answer(
            request.method.rawValue, parts[0], form, request.headers[.authorization] ?? "")
        var fields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return Response(
            status: .init(code: status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
