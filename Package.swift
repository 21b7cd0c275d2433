// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with (see ARCHITECTURE.md, "Building").
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
/// SQLite itself, as GRDB links it: for statements that must not be boxed.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")

let package = Package(
    name: "dockmaster",
    products: [
        .executable(name: "dockmaster", targets: ["Supervisor"]),
        .executable(name: "dockmaster-auth", targets: ["AuthWorker"]),
        .executable(name: "dockmaster-registry", targets: ["RegistryWorker"]),
        .executable(name: "dockmaster-proxy", targets: ["ProxyWorker"]),
        .executable(name: "dockmaster-acme", targets: ["CertificateWorker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Tier 0: C and pure Swift.
        .target(name: "CLinux"),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap-dev"])]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "Supervision", swiftSettings: strict),
        .target(name: "TextFormats", swiftSettings: strict),
        .target(name: "PluginInterface", dependencies: ["TextFormats"], swiftSettings: strict),
        .target(name: "RegistryModel", swiftSettings: strict),

        // Tier 1
        .target(name: "ProcessControl", dependencies: ["CLinux"], swiftSettings: strict),
        .target(
            name: "BundleConfig",
            dependencies: ["Supervision", "TextFormats", "CLinux", "CCrypt", yams, x509, asn1, crypto, cryptoExtras],
            swiftSettings: strict),
        .target(name: "BundleLog", dependencies: ["TextFormats", "CSystemd", log], swiftSettings: strict),

        // Tier 2
        .target(
            name: "WorkerRuntime", dependencies: ["BundleConfig", "BundleLog", "CLinux", "CSystemd", log],
            swiftSettings: strict),
        .target(
            name: "RegistryToken",
            dependencies: ["TextFormats", "COpenSSL", crypto, cryptoExtras, x509, asn1], swiftSettings: strict),

        // Tier 3
        .target(
            name: "HTTPService",
            dependencies: [
                "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryModel", "RegistryToken", "TextFormats", "CRE2",
                hummingbird, crypto,
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"), nio, nioPosix, log,
            ], swiftSettings: strict),
        .target(
            name: "RegistryStorage",
            dependencies: ["RegistryModel", "TextFormats", "CLinux", "COpenSSL", grdb, sqlite, nio, nioPosix],
            swiftSettings: strict),

        // Tier 4: the five processes.
        .executableTarget(
            name: "Supervisor",
            dependencies: [
                "ProcessControl", "Supervision", "PluginInterface", "BundleConfig", "BundleLog", "CLinux", "CSystemd",
                "CZlib", "TextFormats", arguments,
            ], swiftSettings: strict),
        .executableTarget(
            name: "AuthWorker",
            dependencies: [
                "HTTPService", "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryToken", "RegistryModel",
                "TextFormats", "CLinux", hummingbird, grdb, crypto, log, nio, arguments,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                // Its back-ends: programs, plugins over HTTP, databases, directories.
                "ProcessControl", "CPostgres", "CLDAP", httpClient, nioPosix, cryptoExtras,
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "RegistryWorker",
            dependencies: [
                "HTTPService", "WorkerRuntime", "BundleConfig", "BundleLog", "RegistryToken", "RegistryModel",
                "RegistryStorage", "TextFormats", "CLinux", hummingbird, httpClient, log, nio, nioPosix, arguments,
                // For what it sends out: certificates are verified, against an authority of one's own where one is named.
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "ProxyWorker",
            dependencies: [
                "WorkerRuntime", "BundleConfig", "BundleLog", "TextFormats", log, nio, nioPosix, arguments,
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),

        // Certificates by ACME, for the proxy: it holds the account's key and talks to the authority.
        .executableTarget(
            name: "CertificateWorker",
            dependencies: [
                "WorkerRuntime", "BundleConfig", "BundleLog", "TextFormats", httpClient, x509, asn1, crypto,
                cryptoExtras, log, nio, nioPosix, arguments,
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),

        // Tests: a target for each room, and one for the whole bundle with real clients (BundleTests).
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(name: "TextFormatsTests", dependencies: ["TextFormats"], swiftSettings: strict),
        .testTarget(name: "SupervisionTests", dependencies: ["Supervision"], swiftSettings: strict),
        .testTarget(name: "PluginInterfaceTests", dependencies: ["PluginInterface"], swiftSettings: strict),
        .testTarget(name: "ProcessControlTests", dependencies: ["ProcessControl", "CLinux"], swiftSettings: strict),
        .testTarget(
            name: "BundleConfigTests",
            dependencies: ["BundleConfig", "Supervision", yams, x509, asn1, crypto, cryptoExtras],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(name: "BundleLogTests", dependencies: ["BundleLog", log], swiftSettings: strict),
        .testTarget(
            name: "WorkerRuntimeTests",
            dependencies: [
                "WorkerRuntime", "HTTPService", "BundleConfig", "BundleLog", "RegistryModel", hummingbird, nio,
                nioPosix, log,
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .testTarget(name: "RegistryModelTests", dependencies: ["RegistryModel"], swiftSettings: strict),
        .testTarget(
            name: "RegistryTokenTests",
            dependencies: [
                "RegistryToken", "TextFormats", crypto, cryptoExtras, x509, asn1,
                .product(name: "JWTKit", package: "jwt-kit"),
            ], swiftSettings: strict),
        .testTarget(
            name: "RegistryStorageTests", dependencies: ["RegistryStorage", "RegistryModel", "TextFormats", nio],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SupervisorTests",
            dependencies: [
                "Supervisor", "Supervision", "PluginInterface", "ProcessControl", "BundleConfig", "BundleLog", "CLinux",
                "CZlib", "TextFormats",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AuthWorkerTests",
            dependencies: [
                "AuthWorker", "RegistryToken", "BundleConfig", "HTTPService", "CCrypt", "TextFormats", hummingbird,
                crypto, cryptoExtras, x509, asn1, log, grdb,
            ], swiftSettings: strict),
        .testTarget(
            name: "RegistryWorkerTests",
            dependencies: [
                "RegistryWorker", "RegistryStorage", "RegistryToken", "RegistryModel", "BundleConfig", "HTTPService",
                "TextFormats", hummingbird, nio, nioPosix, log, crypto,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),
        .testTarget(
            name: "ProxyWorkerTests",
            dependencies: [
                "ProxyWorker", "BundleConfig", nio, nioPosix,
                .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ], swiftSettings: strict),
        // An authority that follows RFC 8555, for tests.
        .target(
            name: "ACMEAuthority",
            dependencies: [
                x509, asn1, crypto, nio, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], path: "Tests/ACMEAuthority", swiftSettings: strict),
        .testTarget(
            name: "CertificateWorkerTests",
            dependencies: [
                "CertificateWorker", "ACMEAuthority", "ProxyWorker", "BundleConfig", "WorkerRuntime", nio, nioPosix,
                x509,
                asn1, crypto, cryptoExtras, log, .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),
        .testTarget(name: "BundleTests", dependencies: ["ACMEAuthority"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
