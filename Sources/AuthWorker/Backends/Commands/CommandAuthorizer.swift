internal import ProcessControl

/// Asks a program what an account may do (`ext_authz`): a process for each scope.
///
/// - Contract: standard input is `{"Account","Type","Name","Service","IP","Actions","Labels"}`; exit code 0 allows all that
///   was asked for, 1 nothing; everything else is an error.
/// - Source: docker_auth's authz/ext_authz.go.
struct CommandAuthorizer: Authorizer {
    let name = "ext_authz"
    let settings: CommandSettings
    let threads: BackendThreads

    func authorize(_ request: AccessRequest) async -> AuthorizationOutcome {
        let question = request.json
        do throws(BackendFailure) {
            let isAllowed = try await threads.run(within: settings.time) { [settings] deadline throws(BackendFailure) in
                try Self.ask(settings, question, until: deadline)
            }
            return .decided(AccessDecision(rule: nil, allowed: isAllowed ? request.actions : []))
        } catch {
            return .failed(BackendFailure(problem: "\(settings.path): \(error.problem)", isOutage: error.isOutage))
        }
    }

    private static func ask(
        _ settings: CommandSettings, _ question: [UInt8], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> Bool {
        let command = try RunningCommand(settings)
        let status = try command.finish(writing: question, until: deadline)
        switch status {
        case .code(0): return true
        case .code(1): return false
        case .code(_), .signal(_):
            throw BackendFailure(problem: "it ended with \(status)\(command.words(without: []))", isOutage: false)
        }
    }
}
