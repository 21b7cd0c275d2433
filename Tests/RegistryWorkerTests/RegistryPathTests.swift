import RegistryModel
import Testing

@testable import RegistryWorker

@Suite("A path of the registry")
struct RegistryPathTests {
    @Test("is read from its end, so that names may have slashes")
    func paths() throws {
        let name = try #require(RepositoryName("team/app"))
        #expect(RegistryPath("/v2/") == .base)
        #expect(RegistryPath("/v2") == .base)
        #expect(RegistryPath("/v2/_catalog") == .catalog)
        #expect(RegistryPath("/healthz") == .health)
        #expect(RegistryPath("/v2/team/app/tags/list") == .tags(name))
        #expect(RegistryPath("/v2/team/app/manifests/1.4") == .manifest(name, reference: "1.4"))
        #expect(RegistryPath("/v2/team/app/blobs/sha256%3Aab") == .blob(name, digest: "sha256:ab"))
        #expect(RegistryPath("/v2/team/app/blobs/uploads") == .uploads(name))
        #expect(RegistryPath("/v2/team/app/blobs/uploads/") == .uploads(name))
        #expect(RegistryPath("/v2/team/app/blobs/uploads/x") == .upload(name, id: "x"))
        #expect(RegistryPath("/v2/team/app/referrers/d") == .referrers(name, digest: "d"))
    }

    @Test("takes names that look like parts of paths")
    func confusing() throws {
        #expect(
            RegistryPath("/v2/a/blobs/uploads/manifests/t")
                == .manifest(try #require(RepositoryName("a/blobs/uploads")), reference: "t"))
        #expect(RegistryPath("/v2/tags/list/tags/list") == .tags(try #require(RepositoryName("tags/list"))))
        #expect(
            RegistryPath("/v2/manifests/manifests/manifests")
                == .manifest(try #require(RepositoryName("manifests")), reference: "manifests"))
    }

    @Test("with a bad name says so, and anything else is unknown")
    func refused() {
        #expect(RegistryPath("/v2/A/tags/list") == .invalidName("A"))
        #expect(RegistryPath("/v2/../../etc/tags/list") == .invalidName("../../etc"))
        #expect(RegistryPath("/v2/a%00b/tags/list") == .invalidName("a\0b"))
        #expect(RegistryPath("/v2//manifests/x") == .invalidName(""))
        for path in ["/", "", "/v1/", "/v2x", "/v2/a", "/v2/a/b/c", "/v2/tags/list", "/v2/a/%zz/b", "/v2/a/%ff/b"] {
            #expect(RegistryPath(path) == .unknown)
        }
    }
}
