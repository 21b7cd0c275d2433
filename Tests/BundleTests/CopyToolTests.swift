import Foundation
import Testing

extension WholeBundle {
    @Suite("With skopeo, buildah and podman", .serialized)
    struct CopyToolTests {
        @Test("a multi-layer image goes in and out through skopeo, every digest the same")
        func image() async throws {
            try Shell.require("skopeo")
            try await withTools { bundle, tools, certificates in
                try await tools.buildImage("1.0", layers: 4)
                let local = "\(tools.folder.path)/image"
                try await Shell.check("\(tools.buildah) push -q localhost/layers:1.0 oci:\(local):1.0")
                let remote = "docker://\(bundle.host)/team/layers:1.0"
                let admin = "admin:\(RunningBundle.adminPassword)"
                let reader = "readonly:\(RunningBundle.readonlyPassword)"
                try await Shell.check(
                    "skopeo copy -q --dest-cert-dir \(certificates) --dest-creds '\(admin)' oci:\(local):1.0 \(remote)")
                let back = "\(tools.folder.path)/back"
                try await Shell.check(
                    "skopeo copy -q --src-cert-dir \(certificates) --src-creds '\(reader)' \(remote) oci:\(back):1.0")
                let blobs = try await Shell.check(
                    "cd \(local)/blobs/sha256 && ls && cd \(back)/blobs/sha256 && sha256sum *")
                let names = try await Shell.check("ls \(local)/blobs/sha256").output
                let returned = try await Shell.check("ls \(back)/blobs/sha256").output
                #expect(names == returned, "\(blobs)")
                #expect(names.split(separator: "\n").count == 7, "five layers, a configuration and a manifest")
                try await Shell.check(
                    "cd \(back)/blobs/sha256 && for f in *; do echo \"$f  $f\"; done | sha256sum -c --quiet")
                let tags = try await Shell.check(
                    "skopeo list-tags --cert-dir \(certificates) --creds '\(reader)' docker://\(bundle.host)/team/layers"
                )
                #expect(tags.output.contains(#""1.0""#))
            }
        }

        @Test("a manifest list of two architectures goes in through buildah and out through skopeo, whole")
        func manifestList() async throws {
            try Shell.require("skopeo", "buildah")
            try await withTools { bundle, tools, certificates in
                try await tools.buildImage("amd", layers: 1, architecture: "amd64")
                try await tools.buildImage("arm", layers: 1, architecture: "arm64")
                let admin = "admin:\(RunningBundle.adminPassword)"
                let remote = "docker://\(bundle.host)/team/list:2"
                try await Shell.check(
                    """
                    \(tools.buildah) manifest create list:2 localhost/layers:amd localhost/layers:arm
                    \(tools.buildah) manifest push -q --all --format v2s2 --cert-dir \(certificates) --creds '\(admin)' list:2 \(remote)
                    """, within: .seconds(120))
                let reader = "readonly:\(RunningBundle.readonlyPassword)"
                let raw = try await Shell.check(
                    "skopeo inspect --raw --cert-dir \(certificates) --creds '\(reader)' \(remote)")
                let list = try #require(try JSONSerialization.jsonObject(with: Data(raw.output.utf8)) as? [String: Any])
                let entries = try #require(list["manifests"] as? [[String: Any]])
                let architectures = entries.compactMap {
                    ($0["platform"] as? [String: Any])?["architecture"] as? String
                }
                #expect(Set(architectures) == ["amd64", "arm64"], "\(raw.output)")

                let copy = "\(tools.folder.path)/list"
                try await Shell.check(
                    "skopeo copy -q --all --src-cert-dir \(certificates) --src-creds '\(reader)' \(remote) dir:\(copy)")
                let manifest = try await Shell.check("sha256sum <\(copy)/manifest.json | cut -d' ' -f1")
                let token = try await CurlClient(bundle).requireToken("team/list")
                let head = try await Shell.check(
                    """
                    \(bundle.curl) -f -I -H 'Authorization: Bearer \(token)' \
                    -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' \(bundle.url)/v2/team/list/manifests/2
                    """)
                #expect(head.output.lowercased().contains("docker-content-digest: sha256:\(manifest.line)"), "\(head)")
            }
        }

        @Test("podman pulls, and a push of readonly is refused")
        func podman() async throws {
            try Shell.require("podman")
            try await withTools { bundle, tools, certificates in
                try await tools.buildImage("p", layers: 2)
                let admin = "admin:\(RunningBundle.adminPassword)"
                let reader = "readonly:\(RunningBundle.readonlyPassword)"
                let image = "\(bundle.host)/team/podman:p"
                try await Shell.check(
                    "\(tools.podman) push -q --cert-dir \(certificates) --creds '\(admin)' localhost/layers:p \(image)")
                let pull = try await Shell.check(
                    """
                    \(tools.podman) rmi -af >/dev/null
                    \(tools.podman) pull -q --cert-dir \(certificates) --creds '\(reader)' \(image)
                    """)
                #expect(pull.output.contains(/[0-9a-f]{64}/))
                let push = try await Shell.run(
                    "\(tools.podman) push -q --cert-dir \(certificates) --creds '\(reader)' \(image) \(image)-again")
                #expect(!push.succeeded)
                #expect(push.text.contains(/denied|unauthorized/), "\(push)")
            }
        }

        private func withTools(_ body: (RunningBundle, ContainerTools, String) async throws -> Void) async throws {
            let folder = try TestFolder(named: "tools")
            let tools = ContainerTools(folder: folder)
            try await RunningBundle.with(configuration: RunningBundle.twoUsers(domain: "localhost")) { bundle in
                try await body(bundle, tools, try await tools.trust(bundle))
            }
            folder.remove()
        }
    }
}
