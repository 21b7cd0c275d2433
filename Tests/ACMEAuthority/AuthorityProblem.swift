import Foundation

/// A problem document of RFC 8555, 6.7.
struct AuthorityProblem: Error, Codable, Sendable {
    var type: String
    var detail: String
    var status: Int
    var retryAfter: String?

    init(_ name: String, _ detail: String, status: Int = 400, retryAfter: String? = nil) {
        type = "urn:ietf:params:acme:error:\(name)"
        self.detail = detail
        self.status = status
        self.retryAfter = retryAfter
    }

    enum CodingKeys: CodingKey { case type, detail, status }
}

struct AuthorityAnswer: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    /// Closes the connection in the answer's place.
    var isSilence = false

    static func json(_ value: some Encodable, status: Int = 200, headers: [(String, String)] = []) -> AuthorityAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let body = (try? encoder.encode(value)) ?? Data()
        return AuthorityAnswer(
            status: status, headers: headers + [("Content-Type", "application/json")], body: Array(body))
    }

    static func problem(_ problem: AuthorityProblem) -> AuthorityAnswer {
        var answer = json(problem, status: problem.status)
        answer.headers = [("Content-Type", "application/problem+json")]
        if let after = problem.retryAfter { answer.headers.append(("Retry-After", after)) }
        return answer
    }
}

struct AuthorityRequest: Sendable {
    var method: String
    var path: String
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
}
