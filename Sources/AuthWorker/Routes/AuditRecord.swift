internal import BundleLog
internal import Logging

/// One line for each answer of the token end-point: who asked, from where, what was granted, by which rule, who knew the
/// account, and how long it took. Passwords, keys and tokens never come here.
struct AuditRecord {
    private let remote: String
    private let logger: Logger
    private let start: ContinuousClock.Instant
    private var account: String
    private var who: String
    private var fields: Logger.Metadata = [:]
    private var sentences: [String] = []
    private var scopes: [String] = []
    private var granted: [String] = []
    private var rules: [String] = []
    private let isWritten: Bool

    init(_ request: TokenRequest, logger: Logger, start: ContinuousClock.Instant) {
        account = request.account
        who = request.account.isEmpty ? "anonymous" : request.account
        remote = request.address.description
        if let certificate = request.certificate {
            if let name = certificate.account { fields["client"] = .string(name) }
            fields["client_fingerprint"] = .string(certificate.fingerprint)
        }
        self.logger = logger
        self.start = start
        isWritten = BundleLog.level <= .info
    }

    mutating func identified(_ identity: Identity) {
        account = identity.account
        who = identity.description
        fields["authenticator"] = .string(identity.authenticator)
        if let key = identity.key { fields["key"] = .string(key.name) }
    }

    mutating func askedOf(_ authenticator: String) {
        if !authenticator.isEmpty { fields["authenticator"] = .string(authenticator) }
    }

    mutating func decided(_ scope: ScopeRequest, allowed: [String], by rule: String) {
        guard isWritten else { return }
        let resource = scope.type == "repository" ? scope.name : "\(scope.type):\(scope.name)"
        if allowed.isEmpty {
            sentences.append("nothing of \(scope.actions.joined(separator: ",")) on \(resource) (\(rule))")
        } else {
            sentences.append("\(allowed.joined(separator: ",")) on \(resource) (\(rule))")
            granted.append("\(scope.type):\(scope.name):\(allowed.joined(separator: ","))")
        }
        scopes.append(scope.description)
        rules.append(rule)
    }

    /// A token was given, perhaps one that allows nothing.
    func finish(refreshes: Bool = false) {
        guard isWritten else { return }
        var text =
            sentences.isEmpty
            ? "signed in \(who) from \(remote)"
            : "granted \(sentences.joined(separator: "; ")) to \(who) from \(remote)"
        if refreshes { text += ", with a refresh token" }
        log(text, status: 200)
    }

    func refused(_ reason: String, status: Int = 401) {
        guard isWritten else { return }
        log("refused \(who) from \(remote): \(reason)", status: status)
    }

    private func log(_ text: String, status: Int) {
        let elapsed = start.duration(to: .now) / .milliseconds(1)
        var fields = fields
        fields[LogField.event] = "token"
        fields[LogField.user] = .string(account)
        fields[LogField.remote] = .string(remote)
        fields[LogField.status] = .stringConvertible(status)
        fields[LogField.durationMilliseconds] = .stringConvertible((elapsed * 1_000).rounded() / 1_000)
        if !scopes.isEmpty {
            fields["scopes"] = .string(scopes.joined(separator: " "))
            fields["granted"] = .string(granted.joined(separator: " "))
            fields["rule"] = .string(rules.joined(separator: "; "))
        }
        logger.info("\(text)", metadata: fields)
    }
}
