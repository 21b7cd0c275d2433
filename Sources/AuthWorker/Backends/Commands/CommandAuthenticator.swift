internal import ProcessControl
internal import RegistryToken

/// Asks a program who signs in (`ext_auth`): a process for each sign-in.
///
/// - Contract: standard input is `account password`; exit code 0 signs in (standard output may be `{"labels": {…}}`),
///   1 refuses, 2 does not know the account; everything else is an error.
/// - Source: docker_auth's authn/ext_auth.go.
struct CommandAuthenticator: Authenticator {
    let name = "ext_auth"
    let settings: CommandSettings
    let threads: BackendThreads

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        // "a b" with the password "c" would look to the program like "a" with the password "b c".
        // Nor is it asked for nobody: each client begins without credentials.
        guard !account.isEmpty, account.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return .unknownAccount }
        do throws(BackendFailure) {
            return try await threads.run(within: settings.time) { [settings] deadline throws(BackendFailure) in
                try Self.ask(settings, account, password, until: deadline)
            }
        } catch {
            return .failed(BackendFailure(problem: "\(settings.path): \(error.problem)", isOutage: error.isOutage))
        }
    }

    private static func ask(
        _ settings: CommandSettings, _ account: String, _ password: [UInt8], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> SignInOutcome {
        let command = try RunningCommand(settings)
        let status = try command.finish(writing: Array("\(account) ".utf8) + password, until: deadline)
        switch status {
        case .code(0):
            guard let labels = labels(command.said) else {
                throw BackendFailure(problem: "its output is not {\"labels\": {NAME: [VALUE]}}", isOutage: false)
            }
            return .signedIn(labels: labels)
        case .code(1): return .wrongPassword
        case .code(2): return .unknownAccount
        case .code(_), .signal(_):
            throw BackendFailure(
                problem: "it ended with \(status)\(command.words(without: password))", isOutage: false)
        }
    }

    /// Labels of a program's output; it may say nothing.
    static func labels(_ output: [UInt8]) -> Labels? {
        if output.allSatisfy({ [0x20, 0x0A, 0x0D, 0x09].contains($0) }) { return Labels.none }
        do throws(JSONRefusal) {
            let value = try JSONReader.read(output)
            return value.members == nil ? nil : Labels(json: value["labels"])
        } catch {
            return nil
        }
    }
}
