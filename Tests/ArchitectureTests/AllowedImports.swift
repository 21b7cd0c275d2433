/// What each target may import of our own modules: the arrows of ARCHITECTURE.md, all pointing down.
enum AllowedImports {
    /// Tier 0 imports nothing of ours; every other target only from the tiers below its own.
    static let tiers: [[String]] = [
        [
            "CLinux", "CSystemd", "COpenSSL", "CCrypt", "CRE2", "CZlib", "Supervision", "PluginInterface",
            "RegistryModel",
        ],
        ["ProcessControl", "BundleConfig", "BundleLog"],
        ["WorkerRuntime", "RegistryToken"],
        ["HTTPService", "RegistryStorage"],
        ["Supervisor", "AuthWorker", "RegistryWorker", "ProxyWorker"],
    ]

    static let table: [String: Set<String>] = [
        "CLinux": [], "CSystemd": [], "COpenSSL": [], "CCrypt": [], "CRE2": [], "CZlib": [],
        "Supervision": [],
        "PluginInterface": [],
        "RegistryModel": [],
        "ProcessControl": ["CLinux"],
        "BundleConfig": ["Supervision", "CLinux", "CCrypt"],
        "BundleLog": ["CSystemd"],
        "WorkerRuntime": ["ProcessControl", "BundleLog", "BundleConfig", "CSystemd", "CLinux"],
        "RegistryToken": ["RegistryModel"],
        "HTTPService": ["WorkerRuntime", "BundleConfig", "BundleLog", "RegistryModel", "RegistryToken", "CRE2"],
        "RegistryStorage": ["RegistryModel", "CLinux", "COpenSSL"],
        "Supervisor": [
            "ProcessControl", "Supervision", "PluginInterface", "BundleConfig", "BundleLog", "CLinux", "CSystemd",
            "CZlib",
        ],
        "AuthWorker": [
            "HTTPService", "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryToken", "RegistryModel",
        ],
        "RegistryWorker": [
            "HTTPService", "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryToken", "RegistryModel",
            "RegistryStorage",
        ],
        // It faces the internet: no registry, no database, no token keys.
        "ProxyWorker": ["WorkerRuntime", "BundleConfig", "BundleLog"],
    ]

    /// Targets that do without Foundation: what must start at once, stay small, or be pure.
    static let withoutFoundation: Set<String> = [
        "Supervisor", "Supervision", "PluginInterface", "ProcessControl", "ProxyWorker",
    ]

    /// Modules with which only these targets may talk to the outside.
    static let fenced: [String: Set<String>] = [
        "COpenSSL": ["RegistryStorage"],
        "CRE2": ["HTTPService"],
        "CZlib": ["Supervisor"],
        "CCrypt": ["BundleConfig"],
        "CSystemd": ["BundleLog", "WorkerRuntime", "Supervisor"],
        // The proxy serves TLS; the registry is a client of it: webhooks, mail, an upstream registry.
        "NIOSSL": ["ProxyWorker", "RegistryWorker"],
        "Hummingbird": ["HTTPService", "AuthWorker", "RegistryWorker"],
        "Yams": ["BundleConfig"],
        "JWTKit": ["RegistryToken"],
        "GRDB": ["RegistryStorage"],
        "GRDBSQLite": ["RegistryStorage"],
        "AsyncHTTPClient": ["RegistryWorker"],
    ]

    static func tier(of target: String) -> Int? {
        tiers.firstIndex { $0.contains(target) }
    }
}
