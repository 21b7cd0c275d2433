/// Why a token signs nobody in, for the log: "the token …". Never the token itself.
struct WorkloadTokenRefusal: Error, Sendable, Equatable {
    var problem: String

    init(_ problem: String) {
        self.problem = problem
    }
}
