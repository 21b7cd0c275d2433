/// `validation` and `policy`: what manifests may hold, beyond the specification.
struct ContentSettings: Sendable, Equatable {
    /// `validation.manifests.indexes.platforms`: which images of an index must be there before it is.
    enum Platforms: Sendable, Equatable {
        case all
        case none
        /// Those for these platforms, `os/architecture`.
        case list([String])
    }

    /// `validation.manifests.urls`: regular expressions (RE2) for the URLs of content that is fetched elsewhere.
    struct URLs: Sendable, Equatable {
        var allow: [String] = []
        var deny: [String] = []
    }

    /// Nil: any URL.
    var urls: URLs?
    var platforms = Platforms.all
    /// `policy.repository.classes`; empty: all.
    var classes: [String] = []
}
