import Foundation
import Testing

extension WholeBundle {
    @Suite("Beside Debian's docker-registry 2.8", .serialized)
    struct PeerRegistryTests {
        private static let admin = "admin:\(RunningBundle.adminPassword)"

        @Test("it serves what we stored with the same digests, and we serve what it wrote")
        func sameData() async throws {
            try Shell.require("docker-registry", "skopeo", "buildah")
            let folder = try TestFolder(named: "peer")
            let tools = ContainerTools(folder: folder)
            let configuration = RunningBundle.twoUsers(domain: "localhost")
            for tag in ["one", "two"] { try await tools.buildImage(tag) }
            try await tools.buildImage("theirs")
            let images = folder.path + "/data/data/images"

            // Ours writes: two images and a list of both.
            var ours: [String: String] = [:]
            try await RunningBundle.with(in: folder, configuration: configuration) { bundle in
                let certificates = try await tools.trust(bundle)
                let push = "--cert-dir \(certificates) --creds '\(Self.admin)'"
                try await Shell.check(
                    """
                    \(tools.buildah) push -q \(push) localhost/layers:one docker://\(bundle.host)/ours/app:one
                    \(tools.buildah) push -q --format v2s2 \(push) localhost/layers:two docker://\(bundle.host)/ours/app:two
                    \(tools.buildah) manifest create both localhost/layers:one localhost/layers:two
                    \(tools.buildah) manifest push -q --all \(push) both docker://\(bundle.host)/ours/app:both
                    """, within: .seconds(180))
                for tag in ["one", "two", "both"] {
                    ours[tag] = try await digest("docker://\(bundle.host)/ours/app:\(tag)", push)
                }
            }

            // Theirs reads all of it, layer by layer, and writes another.
            let port = FreePort.some(1)[0]
            try await withPeer(images: images, port: port, folder: folder) {
                for (tag, expected) in ours {
                    let found = try await digest("docker://127.0.0.1:\(port)/ours/app:\(tag)", "--tls-verify=false")
                    #expect(found == expected, "\(tag)")
                    try await Shell.check(
                        "skopeo copy -q --all --src-tls-verify=false docker://127.0.0.1:\(port)/ours/app:\(tag) dir:\(folder.path)/from-peer-\(tag)",
                        within: .seconds(120))
                }
                try await Shell.check(
                    "\(tools.buildah) push -q --tls-verify=false localhost/layers:theirs docker://127.0.0.1:\(port)/theirs/app:1",
                    within: .seconds(120))
                ours["theirs"] = try await digest("docker://127.0.0.1:\(port)/theirs/app:1", "--tls-verify=false")
            }

            // Ours reads what it wrote.
            try await RunningBundle.with(in: folder, configuration: configuration) { bundle in
                let certificates = try await tools.trust(bundle)
                let found = try await digest(
                    "docker://\(bundle.host)/theirs/app:1", "--cert-dir \(certificates) --creds '\(Self.admin)'")
                #expect(found == ours["theirs"])
                try await Shell.check(
                    """
                    skopeo copy -q --src-cert-dir \(certificates) --src-creds '\(Self.admin)' \
                    docker://\(bundle.host)/theirs/app:1 dir:\(folder.path)/from-ours
                    """, within: .seconds(120))
            }
            folder.remove()
        }

        @Test("it runs on the registry.yml that we render, and accepts our tokens and no others")
        func tokens() async throws {
            try Shell.require("docker-registry")
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost")) { bundle in
                let port = FreePort.some(1)[0]
                let client = CurlClient(bundle)
                let token = try await client.requireToken("team/app")
                let other = try await client.requireToken("team/other")
                let blob = try await client.upload(
                    try await bundle.folder.randomFile("blob", mebibytes: 1), to: "team/app", token: token)
                let environment = ["REGISTRY_HTTP_ADDR": "127.0.0.1:\(port)", "REGISTRY_HTTP_NET": "tcp"]
                let log = try TestFolder(named: "peer-log")
                let peer = try Shell.start(
                    "exec docker-registry serve \(bundle.run)/registry.yml", environment: environment,
                    within: .seconds(60), log: log.path)
                let url = "http://127.0.0.1:\(port)/v2/team/app/blobs/\(blob)"
                let up = try await Shell.eventually {
                    try await Shell.run("curl -s -o /dev/null -w '%{http_code}' \(url)").output == "401"
                }
                #expect(up, "\(log.text("errors").suffix(3000))")
                for (bearer, expected) in [(token, "200"), (other, "401"), (token + "x", "401")] {
                    let answer = try await Shell.run(
                        "curl -s -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer \(bearer)' \(url)")
                    #expect(answer.output == expected, "\(log.text("errors").suffix(3000))")
                }
                await peer.destroy()
                log.remove()
            }
        }

        private func digest(_ image: String, _ options: String) async throws -> String {
            try await Shell.check("skopeo inspect --raw \(options) \(image) | sha256sum | cut -d' ' -f1").line
        }

        private func withPeer(
            images: String, port: Int, folder: TestFolder, _ body: () async throws -> Void
        ) async throws {
            let file = try folder.write(
                "peer.yml",
                """
                version: 0.1
                storage: {filesystem: {rootdirectory: \(images)}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:\(port)"}
                """)
            let log = try TestFolder(named: "peer-log")
            let peer = try Shell.start("exec docker-registry serve \(file)", within: .seconds(300), log: log.path)
            do {
                let up = try await Shell.eventually {
                    try await Shell.run("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:\(port)/v2/").output
                        == "200"
                }
                try #require(up, "\(log.text("errors"))")
                try await body()
                await peer.destroy()
            } catch {
                print("--- log of docker-registry\n\(log.text("errors").suffix(4000))")
                await peer.destroy()
                throw error
            }
            log.remove()
        }
    }
}
