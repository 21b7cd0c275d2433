#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A manifest that another registry has stored and that `Manifest` would refuse: schema 1, a `layers: null`, null
/// annotations. It is served as it is; only its media type is found out.
package struct ForeignManifest: Sendable, Equatable {
    package let mediaType: String

    /// - Returns: nil for bytes that are no JSON object.
    /// - Source: distribution's `registry/storage/manifeststore.go`, which tells kinds apart by `schemaVersion` and
    ///   `mediaType`.
    package init?(bytes: [UInt8]) {
        guard bytes.count <= Manifest.maximumSize, JSONOutline(bytes).depth <= Manifest.maximumDepth,
            let sketch = try? JSONDecoder().decode(Sketch.self, from: Data(bytes))
        else { return nil }
        mediaType = sketch.mediaType
    }

    /// The few members that tell the kind; whatever else stands there does not matter.
    private struct Sketch: Decodable {
        let mediaType: String

        private enum CodingKeys: String, CodingKey { case schemaVersion, mediaType, signatures, manifests, layers }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            if (try? members.decode(Int.self, forKey: .schemaVersion)) == 1 {
                mediaType =
                    members.contains(.signatures) ? MediaType.dockerSchema1Signed : MediaType.dockerSchema1
            } else if let own = try? members.decode(String.self, forKey: .mediaType), MediaType.isHeaderValue(own) {
                mediaType = own
            } else if members.contains(.manifests) && !members.contains(.layers) {
                mediaType = MediaType.ociIndex
            } else {
                mediaType = MediaType.ociManifest
            }
        }
    }
}
