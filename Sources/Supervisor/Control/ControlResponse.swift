/// What the control socket answers.
struct ControlResponse {
    var status: Int
    var type: String
    var body: String
    var headers: [(String, String)] = []
    /// Called with the open end of an answer that never ends: the body then comes in chunks.
    var stream: ((ControlStream) -> Void)?

    init(status: Int, type: String, body: String) {
        self.status = status
        self.type = type
        self.body = body
    }

    static func json(_ value: JSONValue, status: Int = 200) -> ControlResponse {
        ControlResponse(status: status, type: "application/json", body: value.text + "\n")
    }

    static func problem(_ status: Int, _ problem: String, remedy: String) -> ControlResponse {
        .json(.object([("problem", .string(problem)), ("remedy", .string(remedy))]), status: status)
    }

    /// JSON lines for as long as the client listens.
    static func lines(_ start: @escaping (ControlStream) -> Void) -> ControlResponse {
        var response = ControlResponse(status: 200, type: "application/x-ndjson", body: "")
        response.stream = start
        return response
    }

    func encoded() -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Answer")\r\nContent-Type: \(type)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += stream == nil ? "Content-Length: \(body.utf8.count)\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n"
        return Array((head + body).utf8)
    }

    private static let reasons = [
        200: "OK", 201: "Created", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 411: "Length Required",
        413: "Content Too Large", 422: "Unprocessable Content", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout",
    ]
}
