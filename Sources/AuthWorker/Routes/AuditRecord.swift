internal import BundleLog
internal import Logging

/// One line for each answer of the token end-point: who asked, from where, what was granted and by which rule.
/// Passwords and tokens never come here.
struct AuditRecord {
    private let account: String
    private let remote: String
    private let logger: Logger
    private let start: ContinuousClock.Instant
    private var sentences: [String] = []
    private var names: [String] = []

    init(_ request: TokenRequest, logger: Logger, start: ContinuousClock.Instant) {
        account = request.account
        remote = request.address.description
        self.logger = logger
        self.start = start
    }

    private var who: String { account.isEmpty ? "anonymous" : account }

    mutating func decided(_ scope: ScopeRequest, _ decision: AccessDecision) {
        let rule = decision.rule.map { "rule \($0)" } ?? "no rule"
        let resource = scope.type == "repository" ? scope.name : "\(scope.type):\(scope.name)"
        if decision.allowed.isEmpty {
            sentences.append("nothing of \(scope.actions.joined(separator: ",")) on \(resource) (\(rule))")
        } else {
            sentences.append("\(decision.allowed.joined(separator: ",")) on \(resource) (\(rule))")
        }
        names.append(scope.name)
    }

    /// A token was given, perhaps one that allows nothing.
    func granted() {
        let text =
            sentences.isEmpty
            ? "signed in \(who) from \(remote)"
            : "granted \(sentences.joined(separator: "; ")) to \(who) from \(remote)"
        log(text, status: 200)
    }

    func refused(_ reason: String, status: Int = 401) {
        log("refused \(who) from \(remote): \(reason)", status: status)
    }

    private func log(_ text: String, status: Int) {
        guard BundleLog.level <= .info else { return }
        let elapsed = start.duration(to: .now) / .milliseconds(1)
        var fields: Logger.Metadata = [
            LogField.event: "token", LogField.user: .string(account), LogField.remote: .string(remote),
            LogField.status: .stringConvertible(status),
            LogField.durationMilliseconds: .stringConvertible((elapsed * 1_000).rounded() / 1_000),
        ]
        if !names.isEmpty { fields[LogField.repository] = .string(names.joined(separator: " ")) }
        logger.info("\(text)", metadata: fields)
    }
}
