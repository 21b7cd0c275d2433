/// A reference from one piece of content to another, as manifests hold it.
/// - Source: OCI image-spec, "Content descriptors".
package struct Descriptor: Sendable, Hashable, Codable {
    package var mediaType: String
    package var digest: Digest
    package var size: Int
    package var urls: [String]
    package var annotations: [String: String]
    package var artifactType: String?
    /// What an index says that the content runs on.
    package var platform: Platform?

    /// The part of a platform by which a setting may select.
    package struct Platform: Sendable, Hashable, Codable {
        package var architecture: String?
        package var os: String?

        package init(architecture: String?, os: String?) {
            self.architecture = architecture
            self.os = os
        }
    }

    package init(
        mediaType: String, digest: Digest, size: Int, urls: [String] = [], annotations: [String: String] = [:],
        artifactType: String? = nil, platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.artifactType = artifactType
        self.platform = platform
    }

    /// Whether a registry need not hold the content, because clients fetch it elsewhere.
    package var isNonDistributable: Bool {
        !urls.isEmpty || MediaType.nonDistributable.contains(mediaType)
    }

    private enum CodingKeys: String, CodingKey {
        case mediaType, digest, size, urls, annotations, artifactType, platform
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .digest)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .digest, in: container, debugDescription: "not sha256: or sha512: with lower-case hexadecimal")
        }
        let size = try container.decode(Int.self, forKey: .size)
        guard size >= 0 else {
            throw DecodingError.dataCorruptedError(forKey: .size, in: container, debugDescription: "negative")
        }
        self.init(
            mediaType: try container.decodeIfPresent(String.self, forKey: .mediaType) ?? "",
            digest: digest, size: size,
            urls: try container.decodeIfPresent([String].self, forKey: .urls) ?? [],
            annotations: try container.decodeIfPresent([String: String].self, forKey: .annotations) ?? [:],
            artifactType: try container.decodeIfPresent(String.self, forKey: .artifactType),
            platform: try container.decodeIfPresent(Platform.self, forKey: .platform))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mediaType, forKey: .mediaType)
        try container.encode(digest.description, forKey: .digest)
        try container.encode(size, forKey: .size)
        if !urls.isEmpty { try container.encode(urls, forKey: .urls) }
        if !annotations.isEmpty { try container.encode(annotations, forKey: .annotations) }
        try container.encodeIfPresent(artifactType, forKey: .artifactType)
        try container.encodeIfPresent(platform, forKey: .platform)
    }
}
