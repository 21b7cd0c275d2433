import HTTPService
import BundleConfig
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker
import TextFormats

/// Elsewhere: ext, extz (commands), github, github2, google, gitlab, oidc, oidcdown (BrowserVectorTests); casbin is refused
/// slow, slow2 (commands).
/// Refused at load, where docker_auth crashes or lets everyone in (✗): nilactions, unknownmatch.
@Suite("The token end-point, against docker_auth's")
struct HTTPVectorTests {
    private static let outOfScope: Set<String> = [
        "ext", "extz", "casbin", "github", "github2", "google", "gitlab", "oidc", "oidcdown", "slow", "slow2",
    ]
    private static let refusedAtLoad: Set<String> = ["nilactions", "unknownmatch"]

    private static func settings(_ name: String) throws -> AuthSettings {
        try AuthSettings(try .parse(TestKeys.adapted(try Vectors.configuration(name)), file: "\(name).yml"))
    }

    @Test("answers every captured request alike")
    func requests() async throws {
        let pool = PasswordPool(threads: 2)
        var services: [String: AuthService] = [:]
        var count = 0
        for vector in try Vectors.read("http_cases.jsonl") {
            let name = vector.text("config")
            guard !Self.outOfScope.contains(name), !Self.refusedAtLoad.contains(name) else { continue }
            let service: AuthService
            if let known = services[name] {
                service = known
            } else {
                service = AuthService(try Self.settings(name), pool: pool, logger: Logger(label: "test"))
                services[name] = service
            }
            let request = try #require(vector["request"])
            let isUnix = name.hasPrefix("unix")
            let answer = await service.answer(
                incoming(request, peer: isUnix ? "@" : "127.0.0.1"), logger: Logger(label: "test"))
            try compare(answer, vector, service)
            count += 1
        }
        #expect(count > 90)
    }

    @Test("refuses the configurations that crash docker_auth or open it to everyone", arguments: Self.refusedAtLoad)
    func refused(name: String) {
        #expect(throws: (any Error).self) { try Self.settings(name) }
    }

    private func incoming(_ request: JSONValue, peer: String) -> IncomingRequest {
        var headers = HTTPFields()
        for header in request["headers"]?.members ?? [] {
            guard let name = HTTPField.Name(header.key) else { continue }
            for value in header.value.strings ?? [header.value.string ?? ""] {
                headers.append(HTTPField(name: name, value: value))
            }
        }
        return IncomingRequest(
            method: request.text("method"), target: request.text("target"), headers: headers,
            body: Array(request.text("body").utf8), peer: peer)
    }

    private func compare(_ answer: OutgoingAnswer, _ vector: JSONValue, _ service: AuthService) throws {
        let id = Comment(rawValue: vector.text("id"))
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let status = vector["status"]?.integer else {
            // docker_auth crashes (✗): ours tells the client what it lacks.
            #expect(answer.status.code == 400, id)
            #expect(text == "Bad request: client address not provided\n", id)
            return
        }
        #expect(answer.status.code == Int(status), id)
        for header in vector["headers"]?.members ?? [] {
            let name = try #require(HTTPField.Name(header.key))
            #expect(answer.headers[name] == header.value.string, id)
        }
        guard let claims = vector["jwt_claims"] else {
            #expect(text == vector.text("body"), id)
            return
        }
        let body = try JSONReader.read(answer.body)
        #expect(body.members?.map(\.key) == ["access_token", "token", "expires_in", "issued_at"], id)
        #expect(body["token"] == body["access_token"], id)
        let parts = body.text("token").split(separator: ".").map { Array($0.utf8) }
        let header = try JSONReader.read(try #require(Base64.bytes(of: parts[0], as: .url)))
        #expect(header["typ"] == vector["jwt_header"]?["typ"], id)
        #expect(header["alg"] == vector["jwt_header"]?["alg"], id)
        let identifier = service.state.settings.token.signer.keyIdentifier
        #expect(header["kid"]?.string == identifier, id)
        #expect(identifier.contains(":") == vector["jwt_header"]?.text("kid").contains(":"), id)

        let payload = try JSONReader.read(try #require(Base64.bytes(of: parts[1], as: .url)))
        for name in ["iss", "sub", "aud", "access"] { #expect(payload[name] == claims[name], id) }
        let issued = try #require(payload["iat"]?.integer)
        // Generous: the suites share two cores.
        #expect(abs(issued - Int64(UTCTime.now().seconds)) < 600, id)
        #expect(payload["nbf"]?.integer == issued - 10, id)
        #expect(payload["exp"]?.integer == issued + 900, id)
        #expect(Int64(payload.text("jti")) != nil, id)
    }
}
