import Foundation
import Testing

extension WholeBundle {
    @Suite("When a worker is killed during a push", .serialized, .dockerEngine)
    struct CrashTests {
        let engine: DockerEngine

        init() throws { engine = try #require(DockerEngine.current) }

        @Test(
            "it is back, a retry succeeds, and nothing acknowledged is lost", arguments: ["proxy", "auth", "registry"])
        func killed(worker: String) async throws {
            let home = try TestFolder(named: "crash")
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost")) { bundle in
                try await bundle.trustByDocker()
                let login = try await engine.login("admin", RunningBundle.adminPassword, at: bundle.host, home: home)
                try #require(login.succeeded, "\(login)")

                // Acknowledged before: an image and single blobs.
                let before = "\(bundle.host)/team/before:1"
                try await engine.build(before, home: home)
                let pushed = try await engine.check("docker push \(before)", home: home)
                let digest = try #require(pushed.output.firstMatch(of: /digest: (sha256:[0-9a-f]{64})/)?.1)
                let client = CurlClient(bundle)
                var acknowledged: [String] = []
                let token = try await client.requireToken("team/blobs")
                for number in 1...3 {
                    let file = try await home.randomFile("blob-\(number)", mebibytes: 1)
                    acknowledged.append(try await client.upload(file, to: "team/blobs", token: token))
                }

                // A push by a real engine, and the worker's death in the middle of it.
                let during = "\(bundle.host)/team/during:1"
                try await engine.build(during, home: home, mebibytes: 200)
                let victim = try #require(bundle.workers(worker).first)
                let push = Task { try await engine.docker("docker push \(during)", home: home, within: .seconds(240)) }
                let streaming = try await Shell.eventually(within: .seconds(60)) {
                    uploaded(bundle, repository: "team/during") > 4 << 20
                }
                #expect(streaming, "the push never came to the layer's bytes")
                kill(victim, SIGKILL)
                let returned = try await Shell.eventually(within: .seconds(20)) {
                    let now = bundle.workers(worker)
                    return !now.isEmpty && !now.contains(victim)
                }
                #expect(returned, "\(worker) did not come back")
                #expect(try await Shell.eventually { try await client.status("/healthz") == "200" })
                _ = try await push.value

                let retry = try await engine.docker("docker push \(during)", home: home, within: .seconds(240))
                #expect(retry.succeeded, "\(retry)")
                for reference in [during, "\(bundle.host)/team/before@\(digest)"] {
                    try await engine.check(
                        "docker rmi -f \(reference) >/dev/null; docker pull -q \(reference)", home: home)
                }
                let readable = try await client.requireToken("team/blobs", "pull")
                for (number, blob) in acknowledged.enumerated() {
                    let back = try await Shell.check(
                        """
                        \(bundle.curl) -f -H 'Authorization: Bearer \(readable)' \(bundle.url)/v2/team/blobs/blobs/\(blob) |
                        cmp - \(home.path)/blob-\(number + 1)
                        """)
                    #expect(back.succeeded)
                }
                #expect(bundle.console.contains(/died|killed/), "the supervisor says what happened")
            }
            home.remove()
        }

        /// Bytes of uploads under way in a repository.
        private func uploaded(_ bundle: RunningBundle, repository: String) -> Int {
            let folder = bundle.images + "/docker/registry/v2/repositories/\(repository)/_uploads"
            let uploads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return uploads.reduce(0) { sum, upload in
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(upload)/data")
                return sum + ((attributes?[.size] as? Int) ?? 0)
            }
        }
    }
}
