import Foundation
import Testing

extension WholeBundle {
    @Suite("A makinacorpus pillar", .serialized)
    struct PillarTests {
        @Test("runs as it stands: certificate inline, two users with plain passwords, denied by default")
        func runs() async throws {
            let folder = try TestFolder(named: "pillar")
            let authority = try await TestAuthority.make(in: folder)
            let leaf = try await authority.issue("leaf", names: ["registry.example.test"])
            let home = try TestFolder(named: "b")
            try FileManager.default.createDirectory(atPath: home.path + "/data/ca", withIntermediateDirectories: true)
            try await Shell.check("cp \(authority.root) \(home.path)/data/ca/ca.pem")
            try await Shell.check(
                "grep -q registry.example.test /etc/hosts || echo '127.0.0.1 registry.example.test' >>/etc/hosts")
            let pillar = """
                makina-projects.registry:
                  data:
                    domain: registry.example.test
                \(leaf.yaml(indentation: 4))
                    users:
                      admin:
                        password: "\(RunningBundle.adminPassword)"
                      readonly:
                        password: "\(RunningBundle.readonlyPassword)"
                    acl:
                      - match: {account: "admin"}
                        actions: ["*"]
                        comment: "Admin has full access to everything."
                      - match: {account: "readonly"}
                        actions: ["pull"]
                        comment: "User \\"readonly\\" can pull stuff."
                      # Access is denied by default.
                """
            try await RunningBundle.with(in: home, domain: "registry.example.test", configuration: pillar) { bundle in
                let admin = CurlClient(bundle)
                let reader = CurlClient(bundle, user: "readonly", password: RunningBundle.readonlyPassword)
                let file = try await bundle.folder.randomFile("blob", mebibytes: 1)
                let digest = try await admin.upload(
                    file, to: "team/app", token: try await admin.requireToken("team/app"))
                let narrowed = try await reader.requireToken("team/app")
                #expect(try await reader.status("/v2/team/app/blobs/\(digest)", token: narrowed) == "200")
                let push = try await reader.status(
                    "/v2/team/app/blobs/uploads/", token: narrowed, options: "-X POST -H 'Content-Length: 0'")
                #expect(push == "401")
            }
            home.remove()
            folder.remove()
        }
    }
}
