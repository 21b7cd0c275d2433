import Foundation
import HTTPService
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RegistryModel
import RegistryToken
import Testing

@testable import RegistryStorage
@testable import RegistryWorker
import TextFormats

/// A registry on a folder of its own, asked without a network.
struct TestRegistry {
    let folder = "/tmp/dockmaster-worker-\(getpid())-\(UploadID())"
    let storage: FilesystemStorage
    let settings: SettingsBox
    /// Who is told; nil unless it is asked for.
    let hub: NotificationHub?
    /// What it is a cache of.
    let mirror: PullThrough?
    private let app: any ApplicationProtocol

    /// - Parameter isOpen: without tokens.
    init(
        isOpen: Bool = true, isDeleteEnabled: Bool = true, isReadOnly: Bool = false, isNotifying: Bool = false,
        upstream: UpstreamSettings? = nil, metrics: RegistryMetrics? = nil, health: HealthMonitor? = nil,
        _ change: (inout RegistryConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = RegistryConfiguration()
        configuration.root = folder
        configuration.isDeleteEnabled = isDeleteEnabled
        configuration.isReadOnly = isReadOnly
        if !isOpen { configuration.access = .token(TestToken.access) }
        change(&configuration)
        storage = try FilesystemStorage(root: folder)
        settings = SettingsBox(try RegistrySettings(configuration))
        hub = isNotifying ? NotificationHub(configuration, logger: Logger(label: "test")) : nil
        mirror = upstream.map { [storage, folder] in
            PullThrough($0, storage: storage, root: folder, logger: Logger(label: "test"))
        }
        var registry = RegistryMiddleware(storage: storage, settings: settings, journal: ActivityJournal())
        if let metrics {
            registry = RegistryMiddleware(
                storage: MeteredStorage(storage: storage, metrics: metrics), settings: settings,
                journal: ActivityJournal())
        }
        registry.hub = hub
        registry.mirror = mirror
        registry.metrics = metrics
        registry.health = health
        app = Application(responder: RegistryWorker.responder(registry))
    }

    /// Runs requests against it, then removes the folder.
    func run(_ body: @Sendable (Client) async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await app.test(.router) { client in try await body(Client(client: client)) }
    }
}

/// Sends requests, with a token when one is given.
struct Client: Sendable {
    let client: any TestClientProtocol
    var token: String?

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], _ body: [UInt8]? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if let body, headers[.contentLength] == nil { headers[.contentLength] = String(body.count) }
        return try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
    }

    func with(token: String?) -> Client { Client(client: client, token: token) }

    /// Pushes a blob in one request.
    @discardableResult
    func push(_ bytes: [UInt8], to name: String) async throws -> Digest {
        let digest = try #require(ContentHash.digest(of: bytes))
        let response = try await send(.post, "/v2/\(name)/blobs/uploads/?digest=\(digest)", [:], bytes)
        #expect(response.status == .created)
        return digest
    }

    /// Pushes an image of one layer.
    @discardableResult
    func pushImage(_ layer: [UInt8], _ reference: String, to name: String, more: String = "") async throws -> Digest {
        let text = imageText(
            try await push(Array("{}".utf8), to: name), try await push(layer, to: name), layer.count, more)
        let response = try await send(
            .put, "/v2/\(name)/manifests/\(reference)", [.contentType: MediaType.ociManifest], Array(text.utf8))
        #expect(response.status == .created)
        return try #require(ContentHash.digest(of: Array(text.utf8)))
    }
}

func imageText(_ config: Digest, _ layer: Digest, _ size: Int, _ more: String = "") -> String {
    """
    {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)",\
    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\(config)","size":2},\
    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"\(layer)","size":\(size)}]\(more)}
    """
}

extension TestResponse {
    var text: String { String(buffer: body) }
    func header(_ name: HTTPField.Name) -> String? { headers[name] }

    /// The first error code of the body.
    var code: String? {
        struct Errors: Decodable {
            struct One: Decodable {
                var code: String
                var message: String
            }
            var errors: [One]
        }
        return try? JSONDecoder().decode(Errors.self, from: Data(body.readableBytesView)).errors.first?.code
    }
}

/// Tokens of a service that the test registry trusts.
enum TestToken {
    static let access = RegistryConfiguration.TokenAccess(
        realm: "https://registry.test/authserver/auth", service: "registry.test", issuer: "registry.test",
        certificates: .init(path: "token.crt", text: certificate))

    static func make(
        _ user: String, _ grants: [(name: String, actions: [String])], type: String = "repository",
        lifetime: Int64 = 900,
        audience: String = "registry.test"
    ) throws -> String {
        let signer = try TokenSigner(certificate: certificate, key: key)
        let claims = TokenClaims(
            issuer: "registry.test", subject: user, audience: audience,
            access: grants.map { ScopeAccess(type: type, name: $0.name, actions: $0.actions) }, lifetime: lifetime,
            now: Int64(UTCTime.now().seconds))
        return String(decoding: try signer.sign(claims), as: UTF8.self)
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBgjCCASegAwIBAgIUSgLmP5b1xvvBgEWD1UYQ1AyEcQ4wCgYIKoZIzj0EAwIw
        FTETMBEGA1UEAwwKdGVzdC10b2tlbjAgFw0yNjExMjQxNzQzMDZaGA8yMTI2MTAz
        MTE3NDMwNlowFTETMBEGA1UEAwwKdGVzdC10b2tlbjBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABCDV2Fix3qEfPATXnObYDK01FJhKwB3ZENcGzdiLjUf4pm8nhvw8
        /RpKN9+VM8nEFMYZCybrhzeYT3xRpPjLoa+jUzBRMB0GA1UdDgQWBBSqeX+Tib9A
        krIKX5c/Vpk1KzHasDAfBgNVHSMEGDAWgBSqeX+Tib9AkrIKX5c/Vpk1KzHasDAP
        BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCTQoVexYKKoLVDKRGA
        5YKDFUXFhrhJMHayv8GPOLHwFgIhAL225XHeqY/Vve93RZm2BhBRYt5LtGzjdFqz
        vtR6ha/Z
        -----END CERTIFICATE-----
        """

    /// Made for these tests alone.
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcETCfqWw2mqLKygW
        lg3NnfQ82Za97AUSLK+Jc48a70WhRANCAAQg1dhYsd6hHzwE15zm2AytNRSYSsAd
        2RDXBs3Yi41H+KZvJ4b8PP0aSjfflTPJxBTGGQsm64c3mE98UaT4y6Gv
        -----END PRIVATE KEY-----
        """
}
