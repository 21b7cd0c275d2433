/// A request that cannot be understood: 400 with `Bad request: ` and the problem, in docker_auth's words.
struct BadRequest: Error, Equatable {
    var problem: String
    var remedy: String { "see https://distribution.github.io/distribution/spec/auth/token/" }
}
