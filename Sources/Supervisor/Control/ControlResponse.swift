/// What the control socket answers.
struct ControlResponse: Sendable, Equatable {
    var status: Int
    var type: String
    var body: String

    static func json(_ value: JSONValue, status: Int = 200) -> ControlResponse {
        ControlResponse(status: status, type: "application/json", body: value.text + "\n")
    }

    static func text(_ text: String, status: Int = 200) -> ControlResponse {
        ControlResponse(status: status, type: "text/plain; charset=utf-8", body: text)
    }

    static func problem(_ status: Int, _ problem: String, remedy: String) -> ControlResponse {
        .json(.object([("problem", .string(problem)), ("remedy", .string(remedy))]), status: status)
    }

    func encoded() -> [UInt8] {
        let head =
            "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Answer")\r\nContent-Type: \(type)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        return Array((head + body).utf8)
    }

    private static let reasons = [
        200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        409: "Conflict", 411: "Length Required", 413: "Content Too Large", 422: "Unprocessable Content",
        431: "Request Header Fields Too Large", 503: "Service Unavailable",
    ]
}
