import Foundation
import RegistryModel
import Testing

@testable import RegistryStorage

@Suite("The index's quick reading of a manifest")
struct ManifestScannerTests {
    private static let first = "sha256:" + String(repeating: "1a", count: 32)
    private static let second = "sha512:" + String(repeating: "2b", count: 64)
    private static let image = """
        {"schemaVersion" : 2, "mediaType":"\(MediaType.ociManifest)",
         "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\(first)","size":7,"data":"e30="},
         "layers":[{"digest":"\(second)","size":0,"urls":["https://a.test/\\"b"],"annotations":{"k":"\\u00e9é"}}, {
            "mediaType":"x","size":12,"digest":"\(first)"}],
         "annotations":{"a":"\\\\"},"other":[1.5e3,-2,true,null,{"deep":[[]]}]}
        """
    private static let index = """
        {"manifests":[{"mediaType":"\(MediaType.ociManifest)","digest":"\(first)","size":9,\
        "platform":{"os":"linux","architecture":"amd64"}}],"schemaVersion":2}
        """

    private func digest(_ bytes: [UInt8]) throws -> Digest { try #require(ContentHash.digest(of: bytes)) }

    private func isSame(_ one: IndexedManifest, _ other: IndexedManifest) -> Bool {
        func parts(_ manifest: IndexedManifest) -> [String] {
            manifest.references.map { "\($0.target) \($0.size ?? -1)" }.sorted()
        }
        return one.mediaType == other.mediaType && one.size == other.size && one.subject == other.subject
            && parts(one) == parts(other)
    }

    @Test("gives what the registry's own parser gives", arguments: [image, index])
    func same(text: String) throws {
        let bytes = Array(text.utf8)
        let quick = try #require(ManifestScanner.read(bytes, digest: digest(bytes)))
        #expect(isSame(quick, IndexedManifest(try Manifest(bytes: bytes), digest: try digest(bytes))))
    }

    @Test(
        "leaves what is unusual to the registry's own parser",
        arguments: [
            image.replacing("\"schemaVersion\" : 2", with: "\"schemaVersion\":2.0"),
            image.replacing("\"schemaVersion\" : 2", with: "\"schemaVersion\":1"),
            image.replacing("\"other\":", with: "\"layers\":"), image.replacing("\"other\":", with: "\"blobs\":"),
            image.replacing("\"other\":", with: "\"manifests\":[],\"other\":"),
            image.replacing(
                "\"annotations\":{\"a", with: "\"subject\":{\"digest\":\"\(first)\",\"size\":1},\"b\":{\"a"),
            image.replacing("\"size\":7", with: "\"size\":7.5"), image.replacing("\"size\":7", with: "\"size\":-7"),
            image.replacing("\"size\":7", with: "\"size\":null"),
            image.replacing("\"size\":7", with: "\"size\":99999999999999999999"),
            image.replacing(first, with: first.uppercased()), image.replacing("\"config\":", with: "\"Config\":"),
            image + "x", String(image.dropLast()), String(image.dropFirst()), "", "[]", "null",
            index.replacing("\"schemaVersion\":2", with: "\"schemaVersion\":2,\"layers\":[]"),
            index.replacing(",\"schemaVersion\":2", with: ""),
        ])
    func unusual(text: String) throws {
        let bytes = Array(text.utf8)
        #expect(ManifestScanner.read(bytes, digest: try digest(bytes)) == nil)
        _ = IndexedManifest(bytes: bytes, digest: try digest(bytes))
    }

    @Test("never differs on changed bytes where both take them, and keeps every reference")
    func mutated() throws {
        var generator = SystemRandomNumberGenerator()
        for text in [Self.image, Self.index] {
            let original = Array(text.utf8)
            for _ in 0..<3_000 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let place = bytes.indices.randomElement(using: &generator) ?? 0
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(original[Int.random(in: 0..<original.count, using: &generator)], at: place)
                    }
                }
                let digest = try digest(bytes)
                guard let quick = ManifestScanner.read(bytes, digest: digest),
                    let manifest = try? Manifest(bytes: bytes)
                else { continue }
                #expect(
                    isSame(quick, IndexedManifest(manifest, digest: digest)),
                    "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
