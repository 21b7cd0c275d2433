extension Tag {
    /// The tag under which clients without the referrers API keep the list of what refers to a digest.
    /// - Source: OCI distribution-spec 1.1, "Referrers Tag Schema": the algorithm, a dash, and 64 characters of the value.
    package init?(referrersOf digest: Digest) {
        self.init("\(digest.algorithm.rawValue)-\(digest.hex.prefix(64))")
    }
}
