/// The hash functions that a digest may name.
/// - Source: OCI image-spec, "Registered algorithms". Others are refused, never guessed.
package enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    case sha256
    case sha512

    /// The number of bytes of a digest's value.
    package var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        }
    }
}
