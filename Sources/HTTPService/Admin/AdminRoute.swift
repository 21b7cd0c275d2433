package import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore

/// One thing that an administrator may ask of a running worker. Each room gives a list of its own; the worker joins them.
package struct AdminRoute: Sendable {
    package let method: HTTPRequest.Method
    /// Whole, without variables: `/v1/gc`. What varies travels in the query.
    package let path: String
    /// What it does, in a few words, for the list at `/`.
    package let summary: String
    /// - Throws: `AdminProblem` for what the administrator can mend; anything else is a 500 that is logged.
    package let answer: @Sendable (AdminRequest) async throws -> Response

    package init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        answer: @escaping @Sendable (AdminRequest) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.answer = answer
    }
}

/// What is asked, with its query read.
package struct AdminRequest: Sendable {
    package let query: RequestQuery
    /// What was sent, at most 64 KiB: secrets travel here, never in the query.
    package let body: [UInt8]
    package let logger: Logger

    /// A switch of the query: `dry_run`, `dry_run=true` and `dry_run=1` are on.
    /// - Throws: 400 for another value than true, false, 1 and 0.
    package func flag(_ name: String) throws(AdminProblem) -> Bool {
        switch query[name] {
        case nil, "false", "0": return false
        case "", "true", "1": return true
        case let value?:
            throw AdminProblem("\(name) is \"\(value.prefix(40))\"", remedy: "give true or false", status: .badRequest)
        }
    }
}
