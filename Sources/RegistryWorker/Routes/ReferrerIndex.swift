import RegistryModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An image index that is made of what refers to something.
struct ReferrerIndex: Encodable {
    let schemaVersion = 2
    let mediaType = MediaType.ociIndex
    var manifests: [Descriptor]

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, mediaType, manifests
    }

    init(manifests: [Descriptor]) {
        self.manifests = manifests
    }

    /// As JSON, always the same for the same list.
    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
