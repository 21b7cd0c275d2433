import HTTPTypes

/// Why the registry does not do what an administrator asks, as `{"problem":…,"remedy":…}`: the form of the control socket.
struct AdminProblem: Error, Sendable, Equatable {
    var problem: String
    var remedy: String
    var status: HTTPResponse.Status

    init(_ problem: String, remedy: String, status: HTTPResponse.Status = .conflict) {
        self.problem = problem
        self.remedy = remedy
        self.status = status
    }
}
