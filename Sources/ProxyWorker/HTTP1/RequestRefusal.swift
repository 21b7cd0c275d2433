/// A request that is answered with an error and never forwarded, and why.
struct RequestRefusal: Error, Equatable, Sendable {
    /// 400, 405, 413, 414, 417, 431, 501 or 505.
    var status: Int
    /// What is wrong, as a sentence without its full stop.
    var problem: String

    init(_ status: Int = 400, _ problem: String) {
        self.status = status
        self.problem = problem
    }
}
