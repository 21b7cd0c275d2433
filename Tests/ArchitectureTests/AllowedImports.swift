/// What each target may import of our own modules: the arrows of ARCHITECTURE.md, all pointing down.
enum AllowedImports {
    /// Tier 0 imports nothing of ours; every other target only from the tiers below its own.
    static let tiers: [[String]] = [
        [
            "CLinux", "CSystemd", "COpenSSL", "CCrypt", "CRE2", "CZlib", "CPostgres", "CLDAP", "Supervision",
            "RegistryModel", "TextFormats",
        ],
        ["PluginInterface", "ProcessControl", "BundleConfig", "BundleLog"],
        ["WorkerRuntime", "RegistryToken"],
        ["HTTPService", "RegistryStorage"],
        ["Supervisor", "AuthWorker", "RegistryWorker", "ProxyWorker", "CertificateWorker"],
    ]

    static let table: [String: Set<String>] = [
        "CLinux": [], "CSystemd": [], "COpenSSL": [], "CCrypt": [], "CRE2": [], "CZlib": [],
        "CPostgres": [], "CLDAP": [],
        "TextFormats": [],
        "Supervision": [],
        "PluginInterface": ["TextFormats"],
        "RegistryModel": [],
        "ProcessControl": ["CLinux"],
        "BundleConfig": ["Supervision", "TextFormats", "CLinux", "CCrypt"],
        "BundleLog": ["TextFormats", "CSystemd"],
        "WorkerRuntime": ["ProcessControl", "BundleLog", "BundleConfig", "CSystemd", "CLinux"],
        "RegistryToken": ["RegistryModel", "TextFormats", "COpenSSL"],
        "HTTPService": [
            "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryModel", "RegistryToken", "TextFormats", "CRE2",
        ],
        "RegistryStorage": ["RegistryModel", "TextFormats", "CLinux", "COpenSSL"],
        "Supervisor": [
            "ProcessControl", "Supervision", "PluginInterface", "BundleConfig", "BundleLog", "CLinux", "CSystemd",
            "CZlib", "TextFormats",
        ],
        "AuthWorker": [
            "HTTPService", "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryToken", "RegistryModel",
            "TextFormats", "CLinux", "ProcessControl", "CPostgres", "CLDAP",
        ],
        "RegistryWorker": [
            "HTTPService", "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryToken", "RegistryModel",
            "RegistryStorage", "CLinux", "TextFormats",
        ],
        // It faces the internet: no registry, no database, no token keys.
        "ProxyWorker": ["WorkerRuntime", "BundleConfig", "BundleLog", "TextFormats"],
        "CertificateWorker": ["WorkerRuntime", "BundleConfig", "BundleLog", "TextFormats"],
    ]

    /// Targets that do without Foundation: what must start at once, stay small, or be pure.
    static let withoutFoundation: Set<String> = [
        "Supervisor", "Supervision", "PluginInterface", "ProcessControl", "ProxyWorker", "TextFormats",
    ]

    /// Modules with which only these targets may talk to the outside.
    static let fenced: [String: Set<String>] = [
        "COpenSSL": ["RegistryStorage", "RegistryToken"],
        "CRE2": ["HTTPService"],
        "CZlib": ["Supervisor"],
        "CPostgres": ["AuthWorker"],
        "CLDAP": ["AuthWorker"],
        "CCrypt": ["BundleConfig"],
        "CSystemd": ["BundleLog", "WorkerRuntime", "Supervisor"],
        // The proxy serves TLS; the others are clients of it: webhooks, mail, an upstream registry, issuers of tokens, ACME.
        "NIOSSL": ["ProxyWorker", "RegistryWorker", "AuthWorker", "CertificateWorker"],
        "Hummingbird": ["HTTPService", "AuthWorker", "RegistryWorker"],
        "Yams": ["BundleConfig"],
        "JWTKit": ["RegistryToken"],
        "GRDB": ["RegistryStorage", "AuthWorker"],
        "GRDBSQLite": ["RegistryStorage"],
        "AsyncHTTPClient": ["RegistryWorker", "AuthWorker", "CertificateWorker"],
    ]

    static func tier(of target: String) -> Int? {
        tiers.firstIndex { $0.contains(target) }
    }
}
