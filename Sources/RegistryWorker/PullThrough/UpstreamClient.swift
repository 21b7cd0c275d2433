import AsyncHTTPClient
import BundleConfig
import Logging
import NIOCore
import NIOHTTP1
import RegistryModel
import TextFormats

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Asks the upstream registry, with a token of its realm where it wants one.
///
/// The password goes where `UpstreamSettings.trusts` says, a token to the upstream alone: a redirect, as to a storage host, is
/// followed without either.
actor UpstreamClient {
    private struct Token {
        var header: String
        var expires: ContinuousClock.Instant
    }

    /// How many redirects are followed.
    static let redirects = 5

    let settings: UpstreamSettings
    private let logger: Logger
    private var tokens: [String: Token] = [:]
    private var hasWarned = false

    init(_ settings: UpstreamSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// - Parameter path: behind `/v2/<name>/`.
    /// - Returns: an answer of 200, 206 or 304.
    func ask(
        _ method: HTTPMethod, _ path: String, of repository: RepositoryName, _ headers: HTTPHeaders = [:],
        within timeout: Duration? = nil
    ) async throws(UpstreamFailure) -> HTTPClientResponse {
        let scope = "repository:\(repository):pull"
        let url = "\(settings.url.origin)/v2/\(repository)/\(path)"
        let timeout = timeout ?? settings.timeout
        var response = try await send(method, url, headers, authorization: token(scope), timeout)
        if response.status == .unauthorized {
            let challenge = response.headers[canonicalForm: "www-authenticate"].lazy.compactMap {
                UpstreamChallenge(String($0))
            }.first
            try await discard(response)
            guard let challenge else { throw .denied("it wants credentials in a way that is not known here (401)") }
            let authorization = try await answer(challenge, scope: scope, timeout)
            response = try await send(method, url, headers, authorization: authorization, timeout)
        }
        switch response.status.code {
        case 200, 206, 304: return response
        default: break
        }
        try await discard(response)
        switch response.status.code {
        case 404: throw .notFound
        case 401, 403:
            tokens[scope] = nil
            throw .denied("it answers \(response.status.code): this registry may not pull there")
        case 429: throw .rateLimited
        default: throw .status(Int(response.status.code))
        }
    }

    private func token(_ scope: String) -> String? {
        guard let token = tokens[scope], token.expires > .now else { return nil }
        return token.header
    }

    /// Sends a request, and follows redirects without Authorization where they leave the upstream.
    private func send(
        _ method: HTTPMethod, _ url: String, _ headers: HTTPHeaders, authorization: String?, _ timeout: Duration
    ) async throws(UpstreamFailure) -> HTTPClientResponse {
        guard var place = OutboundURL(url) else { throw .unreachable("its address cannot be used") }
        for _ in 0...Self.redirects {
            var request = HTTPClientRequest(url: place.text)
            request.method = method
            request.headers = headers
            request.headers.replaceOrAdd(name: "User-Agent", value: "dockmaster-registry")
            request.tlsConfiguration = settings.trust
            if let authorization, place.origin == settings.url.origin {
                request.headers.replaceOrAdd(name: "Authorization", value: authorization)
            }
            let response = try await execute(request, timeout)
            guard [301, 302, 303, 307, 308].contains(response.status.code) else { return response }
            try await discard(response)
            guard let location = response.headers.first(name: "Location") else {
                throw .status(Int(response.status.code))
            }
            let next = location.hasPrefix("/") && !location.hasPrefix("//") ? place.origin + location : location
            guard let target = OutboundURL(next), target.isTLS || !settings.url.isTLS else {
                throw .unreachable("it redirects to where this registry does not follow")
            }
            place = target
        }
        throw .unreachable("it redirects without end")
    }

    private func execute(
        _ request: HTTPClientRequest, _ timeout: Duration
    ) async throws(UpstreamFailure) -> HTTPClientResponse {
        do {
            return try await OutboundClient.shared.execute(request, deadline: .now() + TimeAmount(timeout))
        } catch {
            throw .unreachable(OutboundFailure.words(error))
        }
    }

    /// Reads a short answer to its end, so that its connection can be used again.
    private func discard(_ response: HTTPClientResponse) async throws(UpstreamFailure) {
        _ = try? await response.body.collect(upTo: 64 << 10)
    }

    private func answer(
        _ challenge: UpstreamChallenge, scope: String, _ timeout: Duration
    ) async throws(UpstreamFailure) -> String {
        switch challenge {
        case .basic:
            guard let basic else { throw .denied("it wants a user name and a password (401)") }
            // It is the upstream itself that asks: there is nobody else to show it to.
            tokens[scope] = Token(header: basic, expires: .now + .seconds(3_600))
            return basic
        case .bearer(let realm, let service): return try await token(from: realm, service: service, scope, timeout)
        }
    }

    private var basic: String? {
        guard !settings.username.isEmpty else { return nil }
        let credentials = "\(settings.username):\(settings.password.reveal())"
        return "Basic " + Data(credentials.utf8).base64EncodedString()
    }

    private func token(
        from realm: OutboundURL, service: String, _ scope: String, _ timeout: Duration
    ) async throws(UpstreamFailure) -> String {
        let separator = realm.rest.contains("?") ? "&" : "?"
        let query = "\(separator)\(PercentEncoding.form([("service", service), ("scope", scope)]))"
        var request = HTTPClientRequest(url: realm.origin + (realm.rest.isEmpty ? "/" : realm.rest) + query)
        request.headers.add(name: "User-Agent", value: "dockmaster-registry")
        request.tlsConfiguration = settings.trust
        if let basic {
            if settings.trusts(realm: realm) {
                request.headers.add(name: "Authorization", value: basic)
            } else {
                warn(realm)
            }
        }
        let response = try await execute(request, timeout)
        let body = try? await response.body.collect(upTo: 1 << 20)
        if response.status == .tooManyRequests { throw .rateLimited }
        struct Answer: Decodable {
            var token: String?
            var access_token: String?
            var expires_in: Double?
        }
        guard response.status == .ok, let body,
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)),
            let text = answer.token ?? answer.access_token,
            !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .denied("its realm \(realm.authority) gives no token (\(response.status.code))") }
        // The specification's default is a minute; a tenth is left for clocks and ways.
        let lifetime = min(max(answer.expires_in ?? 60, 1), 86_400) * 0.9
        if tokens.count >= 1_024 { tokens = tokens.filter { $0.value.expires > .now } }
        tokens[scope] = Token(header: "Bearer \(text)", expires: .now + .seconds(lifetime))
        return "Bearer \(text)"
    }

    private func warn(_ realm: OutboundURL) {
        guard !hasWarned else { return }
        hasWarned = true
        logger.warning(
            """
            the upstream registry \(settings.url.authority) sends this one to \(realm.origin) for a token; proxy.username and \
            proxy.password are not shown to a foreign host, so the token is asked for without them
            """, metadata: ["event": "upstream_foreign_realm"])
    }
}
