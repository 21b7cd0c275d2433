import HTTPService
import HTTPTypes

/// The headers of the registry protocol.
extension HTTPField.Name {
    static let contentDigest = Self.known("Docker-Content-Digest")
    static let uploadID = Self.known("Docker-Upload-UUID")
    static let link = Self.known("Link")
    static let subject = Self.known("OCI-Subject")
    static let filtersApplied = Self.known("OCI-Filters-Applied")
    static let forwardedScheme = Self.known("X-Forwarded-Proto")
    static let ociTag = Self.known("OCI-Tag")
}
