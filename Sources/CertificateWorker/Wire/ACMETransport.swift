/// How requests reach the authority.
protocol ACMETransport: Sendable {
    /// - Throws: `.unreachable` when there is no answer. Every status is an answer.
    func exchange(_ request: ACMERequest) async throws(ACMEFailure) -> ACMEResponse
}

struct ACMERequest: Sendable, Equatable {
    enum Method: String, Sendable { case get = "GET", head = "HEAD", post = "POST" }

    var method: Method
    var url: String
    /// A JWS as JSON, for POST.
    var body: [UInt8] = []
    var accept: String?
}

struct ACMEResponse: Sendable, Equatable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var isSuccess: Bool { (200..<300).contains(status) }

    /// The first field of a name, whatever the case of its letters.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    static func == (lhs: ACMEResponse, rhs: ACMEResponse) -> Bool {
        lhs.status == rhs.status && lhs.body == rhs.body && lhs.headers.elementsEqual(rhs.headers, by: ==)
    }
}
