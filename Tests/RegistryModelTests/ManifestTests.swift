import Testing

@testable import RegistryModel

@Suite("A manifest")
struct ManifestTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let config =
        #"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(digest)","size":7}"#
    private static let layer =
        #"{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"\#(digest)","size":35}"#

    private static func image(_ type: String?, more: String = "") -> String {
        let declared = type.map { "\"mediaType\":\"\($0)\"," } ?? ""
        return "{\"schemaVersion\":2,\(declared)\"config\":\(config),\"layers\":[\(layer)]\(more)}"
    }

    private static func index(_ type: String?) -> String {
        let declared = type.map { "\"mediaType\":\"\($0)\"," } ?? ""
        return "{\"schemaVersion\":2,\(declared)\"manifests\":[\(layer)]}"
    }

    private func refusal(_ text: String, type: String? = nil) -> ManifestRefusal? {
        do throws(ManifestRefusal) {
            _ = try Manifest(bytes: Array(text.utf8), contentType: type)
            return nil
        } catch {
            return error
        }
    }

    @Test("of docker's and OCI's kinds keeps its bytes and gives its parts")
    func kinds() throws {
        for type in [MediaType.dockerManifest, MediaType.ociManifest] {
            let text = Self.image(type, more: ",\"x\": [1, {}] ")
            let manifest = try Manifest(bytes: Array(text.utf8), contentType: type)
            #expect(manifest.bytes == Array(text.utf8))
            #expect(manifest.mediaType == type && manifest.kind == .image)
            #expect(manifest.layers.count == 1 && manifest.contentSize == 42)
        }
        for type in [MediaType.dockerManifestList, MediaType.ociIndex] {
            let manifest = try Manifest(bytes: Array(Self.index(type).utf8), contentType: type)
            #expect(manifest.mediaType == type && manifest.kind == .index && manifest.manifests.count == 1)
        }
    }

    @Test("without a media type is OCI's, by its shape")
    func shapes() throws {
        #expect(try Manifest(bytes: Array(Self.image(nil).utf8)).mediaType == MediaType.ociManifest)
        #expect(try Manifest(bytes: Array(Self.index(nil).utf8)).mediaType == MediaType.ociIndex)
        #expect(
            refusal(Self.image(nil), type: MediaType.dockerManifest)
                == .mediaTypeMismatch(declared: MediaType.dockerManifest, found: MediaType.ociManifest))
    }

    @Test("of an artifact gives subject, type and annotations")
    func artifact() throws {
        let more = ",\"artifactType\":\"a/b\",\"subject\":\(Self.layer),\"annotations\":{\"k\":\"v\"}"
        let manifest = try Manifest(bytes: Array(Self.image(MediaType.ociManifest, more: more).utf8))
        #expect(manifest.artifactType == "a/b")
        #expect(manifest.subject?.digest.description == Self.digest)
        #expect(manifest.annotations == ["k": "v"])
        let plain = try Manifest(bytes: Array(Self.image(MediaType.ociManifest).utf8))
        #expect(plain.artifactType == "application/vnd.oci.image.config.v1+json")
    }

    @Test("with a foreign layer does not need it")
    func foreign() throws {
        let foreign =
            #"{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":"\#(Self.digest)","size":1,"#
            + #""urls":["https://example.test/x"]}"#
        let text =
            "{\"schemaVersion\":2,\"mediaType\":\"\(MediaType.dockerManifest)\",\"config\":\(Self.config),"
            + "\"layers\":[\(foreign)]}"
        #expect(try Manifest(bytes: Array(text.utf8)).requiredBlobs.count == 1)
    }

    @Test("that is none is refused with its reason and never traps")
    func refusals() {
        #expect(refusal("") == .notJSON)
        #expect(refusal("[]") == .notJSON)
        #expect(refusal("\"x\"") == .notJSON)
        #expect(refusal("{") == .notJSON)
        #expect(refusal("{\"schemaVersion\":1,\"name\":\"x\"}") == .schema1)
        #expect(refusal(Self.image(nil), type: MediaType.dockerSchema1Signed + "; charset=utf-8") == .schema1)
        #expect(refusal("{\"schemaVersion\":3,\"config\":\(Self.config),\"layers\":[]}") == .schemaVersion(3))
        #expect(refusal("{\"schemaVersion\":2}") == .malformed(path: "config", problem: "is missing"))
        #expect(
            refusal("{\"schemaVersion\":\"2\"}") == .malformed(path: "schemaVersion", problem: "must be a whole number")
        )
        #expect(refusal(Self.image("application/x")) == .mediaTypeUnknown("application/x"))
        #expect(refusal(Self.image(nil, more: ",\"manifests\":[]")) == .ambiguous)
        #expect(
            refusal(Self.image(MediaType.ociManifest), type: MediaType.dockerManifest)
                == .mediaTypeMismatch(declared: MediaType.dockerManifest, found: MediaType.ociManifest))
        let wrong = Self.image(nil).replacing(Self.digest, with: "sha256:short")
        #expect(
            refusal(wrong)
                == .malformed(path: "config.digest", problem: "is not sha256: or sha512: with lower-case hexadecimal"))
        #expect(refusal(Self.image(nil).replacing("35", with: "-1")) != nil)
        #expect(refusal(Self.image(nil).replacing("35", with: "99999999999999999999")) != nil)
        #expect(refusal(String(repeating: "[", count: 1_000_000)) == .tooDeep(limit: 64))
        #expect(refusal("{\"a\":\"" + String(repeating: "[", count: 5_000_000)) == .tooLarge(limit: 4 << 20))
    }

    @Test("survives any single damaged byte")
    func damage() {
        let bytes = Array(Self.image(MediaType.ociManifest).utf8)
        for index in bytes.indices {
            for byte: UInt8 in [0, 0x22, 0x7B, 0xFF] {
                var damaged = bytes
                damaged[index] = byte
                _ = try? Manifest(bytes: damaged, contentType: MediaType.ociManifest)
            }
        }
    }
}
