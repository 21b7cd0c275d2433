/// Why a call over the control socket is not obeyed.
struct ControlProblem: Error, Equatable {
    var status: Int
    var problem: String
    var remedy: String

    init(_ status: Int, _ problem: String, remedy: String) {
        self.status = status
        self.problem = problem
        self.remedy = remedy
    }

    var response: ControlResponse { .problem(status, problem, remedy: remedy) }
}
