internal import BundleConfig
internal import HTTPService
internal import NIOSSL
internal import TextFormats

/// `ci_auth: [{issuer, audience, claims, account, labels, ca_certificate, timeout}]`: a section of ours.
struct WorkloadTokenSettings: BackendSettings {
    static let key = "ci_auth"

    struct Issuer: Sendable, Equatable {
        var time: Duration
        /// The path of a PEM file that is trusted in the system's place.
        var authority: String?
    }

    private(set) var rules: [WorkloadRule] = []
    private(set) var issuers: [String: Issuer] = [:]

    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        let entries = reading.attempt { () throws(ConfigurationError) in try node.sequence() } ?? []
        for entry in entries { add(entry, reading: &reading) }
        if entries.isEmpty, reading.errors.count == before {
            reading.refuse(node.refused("has no rule", remedy: "Write a list of {issuer, audience, claims, account}"))
        }
        guard reading.errors.count == before else { return nil }
    }

    private mutating func add(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        guard node.isMapping else {
            reading.refuse(
                node.refused("is \(node.kind), not a rule", remedy: "Write {issuer, audience, claims, account}"))
            return
        }
        // Always strict: a misspelled claims would let every project in.
        for unknown in node.unknownKeys([
            "issuer", "audience", "claims", "account", "labels", "ca_certificate", "timeout",
        ]) {
            reading.refuse(unknown)
        }
        let issuer = Self.issuer(node, reading: &reading)
        let audience = reading.required("audience", of: node, example: "registry.example")
        let account = Self.account(node, reading: &reading)
        let claims = Self.claims(node, reading: &reading)
        let labels = Self.labels(node, reading: &reading)
        let connection = Issuer(
            time: reading.time(
                "timeout", of: node, default: .seconds(5), within: .milliseconds(100)...Duration.seconds(120)),
            authority: reading.authority(node))
        guard let issuer, let audience, let account else { return }
        guard (issuers[issuer] ?? connection) == connection else {
            reading.refuse(
                node.refused(
                    "has another ca_certificate or timeout than the issuer's first rule", remedy: "Write the same"))
            return
        }
        issuers[issuer] = connection
        rules.append(
            WorkloadRule(issuer: issuer, audience: audience, claims: claims, account: account, labels: labels))
    }

    private static func issuer(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> String? {
        guard let issuer = reading.required("issuer", of: node, example: "https://gitlab.example") else { return nil }
        let value = node["issuer"] ?? node
        let remedy = "Write issuer: https://gitlab.example"
        return reading.isTrustworthy(issuer, at: value, without: "?#", remedy: remedy) ? issuer : nil
    }

    private static func account(
        _ node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> [WorkloadRule.Piece]? {
        guard let text = reading.required("account", of: node, example: "ci-${claim:project_path}") else { return nil }
        guard let pieces = WorkloadRule.pieces(text) else {
            reading.refuse(
                (node["account"] ?? node).refused(
                    "holds a placeholder that is none of a claim", remedy: "Write account: ci-${claim:project_path}"))
            return nil
        }
        return pieces
    }

    private static func claims(
        _ node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> [(name: String, pattern: TextPattern)] {
        let entries = reading.attempt { () throws(ConfigurationError) in try node["claims"]?.mapping() } ?? []
        if entries.isEmpty {
            reading.refuse(
                node.refused(
                    "names no claims: every project of the issuer could sign in",
                    remedy: "Add claims: {project_path: team/*}"))
        }
        var claims: [(name: String, pattern: TextPattern)] = []
        for (name, value) in entries {
            guard let text = reading.attempt({ () throws(ConfigurationError) in try value.string() }) else { continue }
            do throws(RegularExpression.Refusal) {
                claims.append((name, try TextPattern(expanded: Array(text.utf8))))
            } catch {
                reading.refuse(
                    value.refused("is no regular expression: \(error)", remedy: "Write a pattern as in acl"))
            }
        }
        return claims
    }

    private static func labels(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> Labels {
        let entries = reading.attempt { () throws(ConfigurationError) in try node["labels"]?.mapping() } ?? []
        var labels: [(name: String, values: [String])] = []
        for (name, value) in entries {
            let texts = reading.attempt { () throws(ConfigurationError) in try value.strings() }
            if let texts { labels.append((name, texts)) }
            if let texts, texts.contains(where: { $0.contains("${") }) {
                reading.refuse(
                    value.refused(
                        "holds a placeholder: labels are patterns in acl, which a claim must not be",
                        remedy: "Write it out, or match the account in acl"))
            }
        }
        return Labels(labels)
    }

    func make(_ context: BackendContext) -> Backend {
        make(context) { Int64(UTCTime.now().seconds) }
    }

    /// - Parameter now: seconds since 1970.
    func make(_ context: BackendContext, now: @escaping @Sendable () -> Int64) -> Backend {
        let made = issuers.map { url, issuer in
            let trust = issuer.authority.map { path in
                var trust = TLSConfiguration.makeClientConfiguration()
                trust.trustRoots = .file(path)
                return trust
            }
            return (url, WorkloadIssuer(url: url, time: issuer.time, trust: trust, logger: context.logger))
        }
        return Backend(
            authenticator: WorkloadTokenAuthenticator(
                rules: rules, issuers: Dictionary(uniqueKeysWithValues: made), logger: context.logger, now: now))
    }
}
