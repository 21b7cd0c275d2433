/// Why there is no certificate. No key material, and nothing of a signed request.
enum ACMEFailure: Error, Equatable {
    /// No answer, in words.
    case unreachable(String)
    /// The authority answers with a problem document; `retryAfter` in seconds, where it says so.
    case refused(ACMEProblem, retryAfter: Int?)
    /// The authority answers what RFC 8555 does not provide for.
    case nonsense(String)
    /// The order is over without a certificate, in the authority's words.
    case invalid(ACMEProblem?)
    /// The authority is not convinced that a name is ours.
    case unproven(name: String, ACMEProblem?)
    case lacksChallenge(String, name: String, offered: [String])
    case terms(String)
    case externalAccountRequired
    /// The authority has closed the account for good.
    case accountRevoked
    /// What was waited for did not come in its time.
    case late(String)
    /// A file of ours.
    case file(problem: String, remedy: String)

    /// What is wrong, as a sentence without its full stop.
    var problem: String {
        switch self {
        case .unreachable(let words): "the authority gives no answer: \(words)"
        case .refused(let problem, _): "the authority refuses: \(problem.words)"
        case .nonsense(let words): "the authority answers what ACME does not know: \(words)"
        case .invalid(let problem):
            "the order became invalid" + (problem.map { ": \($0.words)" } ?? "")
        case .unproven(let name, let problem):
            "the authority could not verify \(name)" + (problem.map { ": \($0.words)" } ?? "")
        case .lacksChallenge(let challenge, let name, let offered):
            "the authority offers no \(challenge) for \(name), only \(offered.joined(separator: ", "))"
        case .terms(let url): "the authority asks to agree to its terms, \(url)"
        case .externalAccountRequired: "the authority serves only those who have an account with it already"
        case .accountRevoked: "the authority has revoked the account"
        case .late(let what): "\(what) took too long"
        case .file(let problem, _): problem
        }
    }

    /// What to do about it, where that is known.
    var remedy: String? {
        switch self {
        case .unreachable: "Check tls.acme.directory, tls.acme.trust and this machine's way to the network"
        case .refused(let problem, _): Self.remedy(problem)
        case .invalid(let problem): problem.flatMap(Self.remedy)
        case .unproven(_, let problem):
            problem.flatMap(Self.remedy)
                ?? "The name must lead here from the authority's side, on port 80 (http-01) or 443 (tls-alpn-01)"
        case .lacksChallenge: "Choose another one with tls.acme.challenge, or name other domains"
        case .terms: "Read them and write tls.acme.accept_terms: true"
        case .externalAccountRequired: "Give the identifier and key that it hands out as tls.acme.eab"
        case .accountRevoked: "Ask it why; for a new account move away account.key"
        case .file(_, let remedy): remedy
        case .nonsense, .late: nil
        }
    }

    private static func remedy(_ problem: ACMEProblem) -> String? {
        switch problem.name {
        case "dns": "Check the name's records in the DNS"
        case "connection": "Check that port 80 (http-01) or 443 (tls-alpn-01) of the name leads here from outside"
        case "caa": "Allow the authority in the name's CAA record"
        case "externalAccountRequired": ACMEFailure.externalAccountRequired.remedy
        default: nil
        }
    }

    /// When the authority wants to be asked again, in seconds.
    var retryAfter: Int? {
        if case .refused(_, let seconds) = self { return seconds }
        return nil
    }

    /// Whether the same request may be answered in a moment: nobody was there, or the authority has trouble of its own.
    var isHiccup: Bool {
        switch self {
        case .unreachable: true
        case .refused(let problem, _): (problem.status ?? 0) >= 500
        case .nonsense, .invalid, .unproven, .lacksChallenge, .terms, .externalAccountRequired, .accountRevoked, .late,
            .file:
            false
        }
    }

    /// Whether an order may still come to its certificate: the authority has not said that it is over.
    var isUndecided: Bool {
        switch self {
        case .late, .file: true
        case .unreachable, .refused, .nonsense, .invalid, .unproven, .lacksChallenge, .terms, .externalAccountRequired,
            .accountRevoked:
            isHiccup || isRateLimit
        }
    }

    var isRateLimit: Bool {
        if case .refused(let problem, _) = self { return problem.name == "rateLimited" }
        return false
    }
}
