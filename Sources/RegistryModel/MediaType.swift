/// The media types of manifests and of what stands in them.
package enum MediaType {
    package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    package static let dockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json"
    package static let dockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json"
    package static let dockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws"
    package static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    package static let ociIndex = "application/vnd.oci.image.index.v1+json"
    package static let ociArtifact = "application/vnd.oci.artifact.manifest.v1+json"
    package static let octetStream = "application/octet-stream"

    /// Layers that a registry need not hold: clients fetch them elsewhere.
    package static let nonDistributable: Set<String> = [
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
    ]

    /// Whether a text may stand in a Content-Type header: letters, digits and the signs of RFC 9110, section 8.3.1.
    package static func isHeaderValue(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 }
    }

    /// A media type without parameters and in lower case: `Application/JSON; charset=utf-8` → `application/json`.
    package static func base(_ text: String) -> String {
        let end = text.firstIndex(of: ";") ?? text.endIndex
        return text[..<end].split(whereSeparator: \.isWhitespace).joined().lowercased()
    }
}
