internal import HTTPTypes

/// An HTTP request with its body read.
struct IncomingRequest: Sendable {
    var method: String
    /// The path, percent-encoded.
    var path: String
    /// Behind the question mark; empty when there is none.
    var query: String
    var headers: HTTPFields
    var body: [UInt8] = []
    /// The connection's other end, without a port; `@` for a unix socket, as Go calls it.
    var peer: String
    /// The host that was called, with its port.
    var authority: String?

    init(
        method: String, target: String, headers: HTTPFields = [:], body: [UInt8] = [], peer: String = "127.0.0.1",
        authority: String? = nil
    ) {
        self.authority = authority
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = String(parts[0])
        query = parts.count > 1 ? String(parts[1]) : ""
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The first line of a header.
    func header(_ name: HTTPField.Name) -> String? { headers[values: name].first }

    /// Form values: of the body first (a form sent by POST, PUT or PATCH), then of the query.
    var form: FormValues {
        let fromQuery = FormValues(query.utf8)
        guard ["POST", "PUT", "PATCH"].contains(method), !body.isEmpty else { return fromQuery }
        let type = (header(.contentType) ?? "").split(separator: ";").first.map { $0.filter { $0 != " " } } ?? ""
        guard type.lowercased() == "application/x-www-form-urlencoded" else { return fromQuery }
        return FormValues(body).followed(by: fromQuery)
    }
}
