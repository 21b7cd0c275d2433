internal import HTTPService
internal import HTTPTypes
internal import Logging
internal import RegistryToken
internal import Synchronization
internal import TextFormats

/// docker_auth's end-points over the state that is in force.
final class AuthService: Sendable {
    private struct Current {
        var state: AuthState
        /// Why the last reload was refused; nil when it was not.
        var refusal: String?
    }

    private let current: Mutex<Current>
    let pool: PasswordPool
    let desk: FrontDesk

    private let logger: Logger

    init(
        _ settings: AuthSettings, pool: PasswordPool, database: AuthDatabase? = nil, desk: FrontDesk = FrontDesk(),
        logger: Logger
    ) {
        self.pool = pool
        self.desk = desk
        self.logger = logger
        current = Mutex(
            Current(state: AuthState(settings, pool: pool, database: database, logger: logger), refusal: nil))
    }

    var state: AuthState { current.withLock { $0.state } }

    /// Puts a new configuration in force for the requests that come from now on. Remembered passwords are forgotten.
    func replace(_ settings: AuthSettings, database: AuthDatabase? = nil) {
        let state = AuthState(settings, pool: pool, database: database, logger: logger)
        desk.metrics.reloaded(isTaken: true)
        current.withLock { $0 = Current(state: state, refusal: nil) }
    }

    /// Notes that a new configuration was refused and the old one stays.
    func keepOld(because problem: String) {
        desk.metrics.reloaded(isTaken: false)
        current.withLock { $0.refusal = problem }
    }

    func answer(_ request: IncomingRequest, logger: Logger) async -> OutgoingAnswer {
        let (state, refusal) = current.withLock { ($0.state, $0.refusal) }
        let server = state.settings.server
        let path = FormValues.unescaped(Array(request.path.utf8)[...], plusIsSpace: false) ?? ""
        var answer: OutgoingAnswer
        switch path {
        case "\(server.pathPrefix)/auth", "\(server.pathPrefix)/auth/token":
            answer = await TokenEndpoint(state: state, desk: desk).answer(request, logger: logger)
        case "\(server.pathPrefix)/":
            answer = Self.index(state)
        case "/healthz", "\(server.pathPrefix)/healthz":
            answer = health(refusal)
        default:
            answer = await page(path, request, state, logger)
        }
        if server.hasHSTS { answer.headers[.strictTransportSecurity] = "max-age=63072000; includeSubDomains" }
        return answer
    }

    /// Serving is healthy even on an old configuration or without a back-end, but says so.
    private func health(_ refusal: String?) -> OutgoingAnswer {
        var body = Array(#"{"status":"ok""#.utf8)
        if let refusal {
            body.append(contentsOf: #","reload":"#.utf8)
            JSONString.append("refused: \(refusal)", to: &body)
        }
        let outages = desk.metrics.outages
        if !outages.isEmpty {
            body.append(contentsOf: #","out":"#.utf8)
            JSONString.append(outages, to: &body)
        }
        body.append(UInt8(ascii: "}"))
        return .json(body)
    }

    /// docker_auth's index: the issuer's name, or the way to the first provider's page.
    private static func index(_ state: AuthState) -> OutgoingAnswer {
        let heading = "<h1>\(SignInPage.escaped(state.settings.token.issuer))</h1>\n"
        guard let entrance = state.entrance else { return .html(heading) }
        let place = SignInPage.escaped("\(state.settings.server.pathPrefix)/\(entrance)")
        if entrance == GoogleSettings.key {
            return .html("\(heading)<p><a href=\"\(place)\">Login with Google account</a></p>")
        }
        var answer = OutgoingAnswer.html("<a href=\"\(place)\">Moved Permanently</a>.\n\n")
        answer.status = .movedPermanently
        answer.headers[.location] = "\(state.settings.server.pathPrefix)/\(entrance)"
        return answer
    }

    /// The page of a back-end, where one has it.
    private func page(
        _ path: String, _ request: IncomingRequest, _ state: AuthState, _ logger: Logger
    ) async -> OutgoingAnswer {
        let prefix = state.settings.server.pathPrefix
        guard path.hasPrefix("\(prefix)/"), let page = state.pages[String(path.dropFirst(prefix.count + 1))] else {
            return .refusal(.notFound, "Not found")
        }
        do throws(BadRequest) {
            let remote = try ClientAddress.of(request, state.settings.server).description
            return await page.answer(BrowserVisit(request: request, prefix: prefix, remote: remote, logger: logger))
        } catch {
            return .refusal(.badRequest, "Bad request: \(error.problem)")
        }
    }
}
