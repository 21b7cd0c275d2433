/// What stands where in distribution's configuration, for the environment's sake: `REGISTRY_HTTP_TLS_CLIENTCAS_0` is
/// read along it.
/// - Source: distribution's `configuration.go`: variables follow the names of its fields, which now and then are not the
///   keys of the file.
indirect enum ConfigurationShape: Sendable {
    /// A single value, or a list or mapping given whole as YAML.
    case value
    case list(ConfigurationShape)
    /// Known keys, by the variable's part.
    case record([(part: String, key: String, shape: ConfigurationShape)])
    /// Any keys, at any depth.
    case open

    /// Keys that are their own names, in upper case.
    private static func record(
        values: [String], _ parts: [(String, ConfigurationShape)] = [],
        renamed: [(part: String, key: String, shape: ConfigurationShape)] = []
    ) -> ConfigurationShape {
        .record(
            values.map { ($0.uppercased(), $0, .value) } + parts.map { ($0.0.uppercased(), $0.0, $0.1) } + renamed)
    }

    private static let mail = record(
        values: ["from", "to"], [("smtp", record(values: ["addr", "username", "password", "insecure"]))])

    private static let http = record(
        values: ["addr", "net", "host", "prefix", "secret", "relativeurls", "draintimeout"],
        [
            (
                "tls",
                record(
                    values: ["certificate", "key", "clientauth", "minimumtls"],
                    [
                        ("clientcas", .list(.value)), ("ciphersuites", .list(.value)),
                        (
                            "letsencrypt",
                            record(values: ["cachefile", "email", "directoryurl"], [("hosts", .list(.value))])
                        ),
                    ])
            ),
            ("headers", .open), ("http2", record(values: ["disabled"])), ("h2c", record(values: ["enabled"])),
            ("debug", record(values: ["addr"], [("prometheus", record(values: ["enabled", "path"]))])),
        ])

    private static let notifications = record(
        values: [],
        [
            (
                "endpoints",
                .list(
                    record(
                        values: ["name", "disabled", "url", "timeout", "threshold", "maxretries", "backoff"],
                        [
                            ("headers", .open), ("ignoredmediatypes", .list(.value)),
                            (
                                "ignore",
                                record(values: [], [("mediatypes", .list(.value)), ("actions", .list(.value))])
                            ),
                        ]))
            )
        ], renamed: [("EVENTCONFIG", "events", record(values: ["includereferences"]))])

    private static let health = record(
        values: [], [("storagedriver", record(values: ["enabled", "interval", "threshold"]))],
        renamed: [
            ("FILECHECKERS", "file", .list(record(values: ["file", "interval", "threshold"]))),
            (
                "HTTPCHECKERS", "http",
                .list(record(values: ["uri", "timeout", "interval", "threshold", "statuscode"], [("headers", .open)]))
            ),
            ("TCPCHECKERS", "tcp", .list(record(values: ["addr", "timeout", "interval", "threshold"]))),
        ])

    private static let validation = record(
        values: ["enabled", "disabled"],
        [
            (
                "manifests",
                record(
                    values: [],
                    [
                        ("urls", record(values: [], [("allow", .list(.value)), ("deny", .list(.value))])),
                        (
                            "indexes",
                            record(
                                values: ["platforms"],
                                [("platformlist", .list(record(values: ["architecture", "os"])))])
                        ),
                    ])
            )
        ])

    /// The whole of version 0.1.
    static let whole = record(
        values: ["version", "loglevel"],
        [
            (
                "log",
                record(
                    values: ["level", "formatter", "reportcaller"],
                    [
                        ("accesslog", record(values: ["disabled"])), ("fields", .open),
                        (
                            "hooks",
                            .list(
                                .record([
                                    ("DISABLED", "disabled", .value), ("TYPE", "type", .value),
                                    ("LEVELS", "levels", .list(.value)), ("MAILOPTIONS", "options", mail),
                                ]))
                        ),
                    ])
            ),
            ("storage", .open), ("auth", .open), ("middleware", .open), ("reporting", .open), ("http", http),
            ("notifications", notifications), ("redis", .open), ("health", health),
            ("catalog", record(values: ["maxentries"])),
            (
                "proxy",
                record(
                    values: ["remoteurl", "username", "password", "ttl"],
                    [("exec", record(values: ["command", "lifetime"]))])
            ),
            ("compatibility", .open), ("validation", validation),
            ("policy", record(values: [], [("repository", record(values: [], [("classes", .list(.value))]))])),
        ])
}
