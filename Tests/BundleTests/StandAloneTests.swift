import Foundation
import Testing

extension WholeBundle {
    @Suite("The registry by itself, as registry:2 is run", .serialized)
    struct StandAloneTests {
        @Test("with an htpasswd file, variables and metrics: skopeo, an artifact with a signature, sha512, Expect")
        func standAlone() async throws {
            try Shell.require("skopeo", "buildah", "curl")
            let folder = try TestFolder(named: "alone")
            let tools = ContainerTools(folder: folder)
            try await tools.buildImage("1", layers: 1)
            try await withRegistry(folder) { host, debug in
                let curl = "curl -sS --max-time 30 -u ci:123"
                try await Shell.check(
                    """
                    \(tools.buildah) push -q --tls-verify=false --creds ci:123 localhost/layers:1 docker://\(host)/a/image:1
                    skopeo copy -q --src-tls-verify=false --src-creds ci:123 docker://\(host)/a/image:1 dir:\(folder.path)/back
                    """, within: .seconds(60))
                let denied = try await Shell.run(
                    "skopeo inspect --raw --tls-verify=false --creds ci:124 docker://\(host)/a/image:1")
                #expect(!denied.succeeded && denied.text.contains(/unauthorized|authentication/), "\(denied)")

                // A helm-like chart, and a signature that refers to it, as oras pushes them.
                let signature = try await Shell.check(
                    """
                    cd \(folder.path); printf '{}' >empty; head -c 20000 /dev/urandom >chart.tgz
                    blob() { d=sha256:$(sha256sum <$1 | cut -d' ' -f1); \(curl) -f -o /dev/null -X POST \
                    -H 'Content-Type: application/octet-stream' --data-binary @$1 "http://\(host)/v2/a/chart/blobs/uploads/?digest=$d"; echo $d; }
                    e=$(blob empty); c=$(blob chart.tgz)
                    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"%s","size":2},"layers":[{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":"%s","size":20000}]}' $e $c >chart.json
                    put() { \(curl) -f -D - -o /dev/null -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @$1 "http://\(host)/v2/a/chart/manifests/$2"; }
                    put chart.json 0.1.0
                    m=sha256:$(sha256sum <chart.json | cut -d' ' -f1)
                    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.example.signature","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},"layers":[],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":9}}' $e $m >sig.json
                    put sig.json sha512:$(sha512sum <sig.json | cut -d' ' -f1)?tag=signature
                    \(curl) -f -D - "http://\(host)/v2/a/chart/referrers/$m?artifactType=application/vnd.example.signature"
                    skopeo inspect --raw --tls-verify=false --creds ci:123 docker://\(host)/a/chart:signature | cmp - sig.json && echo same
                    """)
                let text = signature.output.lowercased()
                #expect(text.contains("oci-subject: sha256:") && text.contains("oci-tag: signature"), "\(signature)")
                #expect(text.contains("oci-filters-applied: artifacttype"), "\(signature)")
                #expect(text.contains("\"digest\":\"sha512:") && text.hasSuffix("same\n"), "\(signature)")

                // 100 Continue comes when the body is wanted, and never before a refusal.
                let continued = try await Shell.check(
                    """
                    cd \(folder.path); head -c 3000000 /dev/urandom >large; d=sha512:$(sha512sum <large | cut -d' ' -f1)
                    \(curl) -v -o /dev/null -X POST -H 'Expect: 100-continue' -H 'Content-Type: application/octet-stream' --data-binary @large "http://\(host)/v2/a/chart/blobs/uploads/?digest=$d" 2>&1
                    curl -sS --max-time 30 -v -o /dev/null -X POST -H 'Expect: 100-continue' -H 'Content-Type: application/octet-stream' --data-binary @large "http://\(host)/v2/a/chart/blobs/uploads/?digest=$d" 2>&1 || true
                    """)
                let answers = continued.output.matches(of: /< HTTP\/1\.1 (\d+)/).map { String($0.1) }
                #expect(answers == ["100", "201", "401"], "\(continued)")

                let metrics = try await Shell.check("curl -sS --max-time 10 http://\(debug)/metrics")
                #expect(
                    metrics.output.contains(
                        "registry_http_requests_total{code=\"201\",handler=\"manifest\",method=\"put\"}"))
                #expect(
                    metrics.output.contains(
                        "registry_storage_action_seconds_count{action=\"Move\",driver=\"filesystem\"}"))
            }
            folder.remove()
        }

        @Test("refuses to serve a network without TLS, and says who would")
        func exposed() async throws {
            let folder = try TestFolder(named: "exposed")
            let file = try folder.write("config.yml", "auth: {none: {}}\nhttp: {addr: ':5000'}\n")
            let result = try await Shell.run("\(TestFolder.release)/dockmaster-registry --config \(file)")
            #expect(result.status == 78 && result.text.contains("dockmaster-proxy"), "\(result)")
            folder.remove()
        }

        /// A registry with one user, ci and 123; its folder comes from a variable.
        private func withRegistry(
            _ folder: TestFolder, _ body: (_ host: String, _ debug: String) async throws -> Void
        ) async throws {
            let users = try folder.write(
                "htpasswd", "ci:$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya\n")
            chmod(users, 0o600)
            let ports = FreePort.some(2)
            let file = try folder.write(
                "config.yml",
                """
                version: 0.1
                storage: {filesystem: {rootdirectory: /nonexistent}, delete: {enabled: true}}
                auth: {htpasswd: {realm: alone, path: \(users)}}
                http: {addr: "127.0.0.1:\(ports[0])", debug: {addr: "127.0.0.1:\(ports[1])", prometheus: {enabled: true}}}
                """)
            let log = try TestFolder(named: "alone-log")
            let registry = try Shell.start(
                "exec \(TestFolder.release)/dockmaster-registry",
                environment: [
                    "REGISTRY_CONFIGURATION_PATH": file,
                    "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": "\(folder.path)/images",
                ], within: .seconds(300), log: log.path)
            do {
                let up = try await Shell.eventually {
                    try await Shell.run("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:\(ports[0])/v2/")
                        .output
                        == "401"
                }
                try #require(up, "\(log.text("errors"))")
                try await body("127.0.0.1:\(ports[0])", "127.0.0.1:\(ports[1])")
                await registry.destroy()
            } catch {
                print("--- log of the registry\n\(log.text("errors").suffix(4000))")
                await registry.destroy()
                throw error
            }
            log.remove()
        }
    }
}
