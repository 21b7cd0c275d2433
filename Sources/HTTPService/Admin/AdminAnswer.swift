package import BundleLog
package import HTTPTypes
package import Hummingbird
import NIOCore

/// The forms that answers to an administrator take.
package enum AdminAnswer {
    /// One JSON object.
    package static func json(_ object: consuming JSONLine, status: HTTPResponse.Status = .ok) -> Response {
        let body = ByteBuffer(bytes: object.finished())
        return Response(
            status: status,
            headers: [.contentType: "application/json", .contentLength: String(body.readableBytes)],
            body: .init(byteBuffer: body))
    }

    /// JSON objects, a line each, sent as they come: for what takes its time. The last line is the outcome; one that fails
    /// has a `problem`.
    package static func lines(_ lines: some AsyncSequence<JSONLine, any Error> & Sendable) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/jsonl"],
            body: ResponseBody { writer in
                for try await line in lines { try await writer.write(ByteBuffer(bytes: line.finished())) }
                try await writer.finish(nil)
            })
    }

    package static func problem(_ problem: AdminProblem) -> Response {
        var object = JSONLine()
        object.add("problem", problem.problem)
        object.add("remedy", problem.remedy)
        return json(object, status: problem.status)
    }
}
