/// Why a call to a running supervisor came to nothing: what to tell, and the exit code that stands for it.
struct CallFailure: Error, Equatable {
    enum Kind: Int32 {
        /// It was not done, or not in time.
        case failed = 1
        /// It makes no sense as it is given.
        case usage = 2
        /// No supervisor answers, or it has a problem of its own.
        case server = 3
    }

    var kind: Kind
    var problems: [String]

    init(_ kind: Kind, _ problems: String...) {
        self.kind = kind
        self.problems = problems
    }
}
