/// The error codes of the registry protocol, each with its HTTP status and what it says by default.
/// - Source: OCI distribution-spec 1.1, "Error codes"; distribution's `registry/api/v2/errors.go`.
package enum ErrorCode: String, Sendable, Hashable, CaseIterable {
    case unknown = "UNKNOWN"
    case unsupported = "UNSUPPORTED"
    case unauthorized = "UNAUTHORIZED"
    case denied = "DENIED"
    case unavailable = "UNAVAILABLE"
    case tooManyRequests = "TOOMANYREQUESTS"
    case digestInvalid = "DIGEST_INVALID"
    case sizeInvalid = "SIZE_INVALID"
    case rangeInvalid = "RANGE_INVALID"
    case nameInvalid = "NAME_INVALID"
    case tagInvalid = "TAG_INVALID"
    case nameUnknown = "NAME_UNKNOWN"
    case manifestUnknown = "MANIFEST_UNKNOWN"
    case manifestInvalid = "MANIFEST_INVALID"
    case manifestUnverified = "MANIFEST_UNVERIFIED"
    case manifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN"
    case blobUnknown = "BLOB_UNKNOWN"
    case blobUploadUnknown = "BLOB_UPLOAD_UNKNOWN"
    case blobUploadInvalid = "BLOB_UPLOAD_INVALID"
    case paginationNumberInvalid = "PAGINATION_NUMBER_INVALID"

    /// The HTTP status that goes with the code.
    package var status: Int {
        switch self {
        case .unknown: 500
        case .unsupported: 405
        case .unauthorized: 401
        case .denied: 403
        case .unavailable: 503
        case .tooManyRequests: 429
        case .rangeInvalid: 416
        case .nameUnknown, .manifestUnknown, .manifestBlobUnknown, .blobUnknown, .blobUploadUnknown: 404
        case .digestInvalid, .sizeInvalid, .nameInvalid, .tagInvalid, .manifestInvalid, .manifestUnverified,
            .blobUploadInvalid, .paginationNumberInvalid:
            400
        }
    }

    /// What is said when nothing better is known.
    package var message: String {
        switch self {
        case .unknown: "an internal error happened; the registry's log says more under this request's id"
        case .unsupported: "this operation is not supported here"
        case .unauthorized: "authentication required: run docker login"
        case .denied: "the requested access is denied"
        case .unavailable: "the service is not available at the moment; try again later"
        case .tooManyRequests: "too many requests; try again later"
        case .digestInvalid: "the digest is not sha256: or sha512: with lower-case hexadecimal, or not the content's"
        case .sizeInvalid: "the length is not that of the content"
        case .rangeInvalid: "the range does not fit the content"
        case .nameInvalid: "the repository name is invalid: lower-case path components, 255 characters at most"
        case .tagInvalid: "the tag is invalid: letters, digits, '_', '.' and '-', 128 characters at most"
        case .nameUnknown: "the repository is not known to this registry"
        case .manifestUnknown: "the manifest is unknown"
        case .manifestInvalid: "the manifest is invalid"
        case .manifestUnverified: "the manifest's signature could not be verified"
        case .manifestBlobUnknown: "the manifest refers to content that this repository does not hold: push it first"
        case .blobUnknown: "the blob is unknown to this repository"
        case .blobUploadUnknown: "the upload is unknown, finished or expired: start a new one"
        case .blobUploadInvalid: "the upload is invalid: start a new one"
        case .paginationNumberInvalid: "n must be a number from 0 up"
        }
    }
}
