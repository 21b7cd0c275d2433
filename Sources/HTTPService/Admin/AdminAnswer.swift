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

    /// JSON objects, a line each, sent as they come: for what takes its time. Whoever asked and goes away ends it.
    /// - Parameter body: gives its lines to its parameter, the outcome last. What it throws becomes a line with a `problem`.
    package static func lines(
        _ body: @escaping @Sendable (_ tell: @escaping @Sendable (JSONLine) -> Void) async throws -> Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/jsonl"],
            body: ResponseBody { writer in
                for await line in stream(body) { try await writer.write(ByteBuffer(bytes: line.finished())) }
                try await writer.finish(nil)
            })
    }

    private static func stream(
        _ body: @escaping @Sendable (_ tell: @escaping @Sendable (JSONLine) -> Void) async throws -> Void
    ) -> AsyncStream<JSONLine> {
        AsyncStream { continuation in
            // The bridge to the answer's stream: the task ends with it.
            let task = Task {
                do {
                    try await body { continuation.yield($0) }
                } catch let problem as AdminProblem {
                    continuation.yield(line(problem))
                } catch is CancellationError {
                    continuation.yield(
                        line(AdminProblem("the registry is stopping", remedy: "ask again: it goes on where it stood")))
                } catch {
                    continuation.yield(line(AdminProblem("\(error)", remedy: "see the registry's log")))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    package static func problem(_ problem: AdminProblem) -> Response {
        json(line(problem), status: problem.status)
    }

    private static func line(_ problem: AdminProblem) -> JSONLine {
        var line = JSONLine()
        line.add("problem", problem.problem)
        line.add("remedy", problem.remedy)
        return line
    }
}
