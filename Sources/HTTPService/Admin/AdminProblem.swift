package import HTTPTypes

/// Why a worker does not do what an administrator asks, as `{"problem":…,"remedy":…}`: the form of the control socket.
package struct AdminProblem: Error, Sendable, Equatable {
    package var problem: String
    package var remedy: String
    package var status: HTTPResponse.Status

    package init(_ problem: String, remedy: String, status: HTTPResponse.Status = .conflict) {
        self.problem = problem
        self.remedy = remedy
        self.status = status
    }
}
