import Crypto
import CryptoExtras
import Foundation
import RegistryToken
import Synchronization
import Testing

@testable import AuthWorker

/// An OpenID Connect issuer of a test's own: a web server with a discovery document and keys, and a pen.
final class TokenIssuer: Sendable {
    enum Key {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case secret(SymmetricKey)
    }

    static let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    let folder: BackendFolder
    let url: String
    private let port: Int
    private let isSecure: Bool
    private let process = Mutex<Int32?>(nil)

    /// - Parameter isSecure: serves TLS with `server.pem` of the folder.
    init(_ folder: BackendFolder, isSecure: Bool = false) throws {
        self.folder = folder
        self.isSecure = isSecure
        port = Int.random(in: 20_000...29_999)
        url = "\(isSecure ? "https" : "http")://127.0.0.1:\(port)"
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/www/.well-known", withIntermediateDirectories: true)
        try folder.write(
            "server.py",
            """
            import functools, http.server, ssl, sys
            class Server(http.server.ThreadingHTTPServer): daemon_threads = True
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[2])
            server = Server(("127.0.0.1", int(sys.argv[1])), handler)
            if len(sys.argv) > 3:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[3])
                server.socket = context.wrap_socket(server.socket, server_side=True)
            open(sys.argv[2] + "/up", "w").close()
            server.serve_forever()
            """)
        try discovery()
    }

    deinit { stop() }

    func discovery(issuer: String? = nil, keys: String? = nil) throws {
        try folder.write(
            "www/.well-known/openid-configuration",
            #"{"issuer": "\#(issuer ?? url)", "jwks_uri": "\#(keys ?? "\(url)/jwks")"}"#)
    }

    func start() async throws {
        let up = "\(folder.path)/www/up"
        try? FileManager.default.removeItem(atPath: up)
        _ = FileManager.default.createFile(atPath: "\(folder.path)/log", contents: nil)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments =
            ["\(folder.path)/server.py", "\(port)", "\(folder.path)/www"]
            + (isSecure ? ["\(folder.path)/server.pem"] : [])
        process.standardError = try FileHandle(forWritingTo: URL(filePath: "\(folder.path)/log"))
        try process.run()
        self.process.withLock { $0 = process.processIdentifier }
        try await ServerTool.wait { FileManager.default.fileExists(atPath: up) || !process.isRunning }
        try #require(process.isRunning, "\(folder.text("log"))")
    }

    func stop() {
        process.withLock { process in
            if let process { kill(process, SIGKILL) }
            process = nil
        }
    }

    /// How often the keys were fetched since the start.
    var fetches: Int { folder.text("log").split(separator: "\n").filter { $0.contains("GET /jwks ") }.count }

    func publish(_ keys: [(id: String, key: Key)]) throws {
        let texts = keys.map { id, key in
            switch key {
            case .rsa(let key):
                guard let parts = try? key.publicKey.getKeyPrimitives() else { return "{}" }
                return #"{"kty":"RSA","kid":"\#(id)","n":"\#(Self.text(parts.modulus))","e":"AQAB","use":"sig"}"#
            case .p256(let key):
                let point = Array(key.publicKey.rawRepresentation)
                let (x, y) = (Self.text(point.prefix(32)), Self.text(point.suffix(32)))
                return #"{"kty":"EC","crv":"P-256","kid":"\#(id)","x":"\#(x)","y":"\#(y)","alg":"ES256"}"#
            case .secret: return #"{"kty":"oct","kid":"\#(id)","k":"AAAA"}"#
            }
        }
        try folder.write("www/jwks", #"{"keys": [\#(texts.joined(separator: ","))]}"#)
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { Base64.text(bytes, as: .url) }

    /// A token; every part may be another than it should be.
    func token(
        _ key: Key?, id: String = "1", algorithm: String? = nil, header: String = "", issuer: String? = nil,
        audience: String = #""registry.example""#, times: String? = nil, project: String = "team/app",
        more: String = ""
    ) throws -> String {
        let standard =
            switch key {
            case .rsa: "RS256"
            case .p256: "ES256"
            case .secret: "HS256"
            case nil: "none"
            }
        let now = Int(Date().timeIntervalSince1970)
        let head = #"{"typ":"JWT","alg":"\#(algorithm ?? standard)","kid":"\#(id)"\#(header)}"#
        let body =
            #"{"iss":"\#(issuer ?? url)","aud":\#(audience),\#(times ?? "\"exp\":\(now + 300),\"nbf\":\(now - 5)"),"#
            + #""project_path":"\#(project)"\#(more)}"#
        let signed = "\(Self.text(Array(head.utf8))).\(Self.text(Array(body.utf8)))"
        let bytes = Array(signed.utf8)
        let signature: [UInt8] =
            switch key {
            case .rsa(let key): Array(try key.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
            case .p256(let key): Array(try key.signature(for: bytes).rawRepresentation)
            case .secret(let key): Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
            case nil: []
            }
        return "\(signed).\(Self.text(signature))"
    }
}
