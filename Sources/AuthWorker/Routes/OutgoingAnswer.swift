internal import HTTPTypes

/// An HTTP answer, whole.
struct OutgoingAnswer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: [UInt8]

    static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> OutgoingAnswer {
        OutgoingAnswer(status: status, headers: [.contentType: "application/json"], body: body)
    }

    static func html(_ text: String) -> OutgoingAnswer {
        OutgoingAnswer(status: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: Array(text.utf8))
    }

    /// A refusal as Go's http.Error writes it: the text and a newline, not to be sniffed.
    static func refusal(_ status: HTTPResponse.Status, _ text: String) -> OutgoingAnswer {
        OutgoingAnswer(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: Array((text + "\n").utf8))
    }
}
