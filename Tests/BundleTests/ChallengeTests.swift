import Foundation
import Testing

extension WholeBundle {
    @Suite("With curl, by hand", .serialized)
    struct ChallengeTests {
        @Test("the token challenge can be replayed: 401 with realm, service and scope, a token, then the answer")
        func replay() async throws {
            try await withBundle { bundle in
                let client = CurlClient(bundle)
                let root = try await client.challenge("/v2/")
                #expect(root["realm"] == "\(bundle.url)/authserver/auth")
                #expect(root["service"]?.isEmpty == false)
                let scoped = try await client.challenge("/v2/team/app/manifests/1")
                #expect(scoped["scope"] == "repository:team/app:pull")

                #expect(try await client.status("/v2/") == "401")
                let token = try #require(try await client.token(scope: nil))
                #expect(try await client.status("/v2/", token: token) == "200")
                #expect(try await client.status("/v2/", token: token + "x") == "401")

                let file = try await bundle.folder.randomFile("blob", mebibytes: 1)
                let push = try await client.requireToken("team/app")
                let digest = try await client.upload(file, to: "team/app", token: push)
                #expect(try await client.status("/v2/team/app/blobs/\(digest)", token: push) == "200")
                #expect(try await client.status("/v2/team/app/blobs/\(digest)", token: token) == "401")

                let reader = CurlClient(bundle, user: "readonly", password: RunningBundle.readonlyPassword)
                let narrowed = try await reader.requireToken("team/app", "pull,push")
                #expect(try await reader.status("/v2/team/app/blobs/\(digest)", token: narrowed) == "200")
                let refused = try await reader.status(
                    "/v2/team/app/blobs/uploads/", token: narrowed, options: "-X POST -H 'Content-Length: 0'")
                #expect(refused == "401")
                let nobody = CurlClient(bundle, user: "readonly", password: "wrong")
                #expect(try await nobody.token(scope: nil) == nil)
            }
        }

        @Test("every way in answers as promised: redirect, old docker, versions of TLS and HTTP, headers, health")
        func publicFace() async throws {
            try await withBundle { bundle in
                let client = CurlClient(bundle)
                let redirect = try await Shell.check(
                    "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' 'http://localhost:\(bundle.httpPort)/v2/?a=b'"
                )
                #expect(redirect.output.contains(#/^30[18] /#))
                #expect(redirect.output.hasSuffix(" \(bundle.url)/v2/?a=b"), "\(redirect)")
                #expect(try await client.status("/v2/", options: "-A 'docker/1.5.0 go/1.4'") == "404")
                #expect(try await client.status("/v2/", options: "--http2") == "401")
                #expect(try await client.status("/v2/", options: "--tlsv1.2 --tls-max 1.2") == "401")
                let old = try await Shell.run(
                    "\(bundle.curl) --tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 \(bundle.url)/v2/")
                #expect(!old.succeeded && old.errors.contains("alert"), "TLS 1.1 must be refused by the proxy: \(old)")

                let headers = try await Shell.check(
                    "\(bundle.curl) -o /dev/null -D - -H 'X-Request-Id: mine' \(bundle.url)/v2/")
                let lowered = headers.output.lowercased()
                #expect(lowered.contains("docker-distribution-api-version: registry/2.0"))
                #expect(lowered.contains("strict-transport-security: "))
                #expect(lowered.contains("x-request-id: "))
                let spoofed = try await client.challenge(
                    "/v2/", options: "-H 'X-Forwarded-Host: evil.test' -H 'X-Forwarded-Proto: http'")
                #expect(spoofed["realm"] == "\(bundle.url)/authserver/auth", "a client's X-Forwarded-* changes nothing")
                #expect(try await client.status("/healthz") == "200")
            }
        }

        @Test("health names the worker that is not ready, and is well again when it is")
        func health() async throws {
            try await withBundle { bundle in
                let pid = try #require(bundle.workers("auth").first)
                kill(pid, SIGSTOP)
                let named = try await Shell.eventually(within: .seconds(15)) {
                    let answer = try await Shell.run("\(bundle.curl) -w ' %{http_code}' \(bundle.url)/healthz")
                    return answer.output.hasSuffix(" 503") && answer.output.contains("auth")
                }
                kill(pid, SIGCONT)
                #expect(named, "a frozen auth worker must show in /healthz")
                let client = CurlClient(bundle)
                #expect(try await Shell.eventually { try await client.status("/healthz") == "200" })
            }
        }

        private func withBundle(_ body: (RunningBundle) async throws -> Void) async throws {
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost"), body)
        }
    }
}
