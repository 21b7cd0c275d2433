package import RegistryModel

/// What becomes of a tag, and why.
package struct TagVerdict: Sendable, Equatable {
    package var tag: Tag
    package var isKept: Bool
    /// `older than the last 10, not pulled for 95 days; rule team/* (registry.yml:41)`
    package var reason: String

    package init(tag: Tag, isKept: Bool, reason: String) {
        self.tag = tag
        self.isKept = isKept
        self.reason = reason
    }
}
