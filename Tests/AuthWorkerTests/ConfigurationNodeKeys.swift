import BundleConfig

enum ConfigurationNodeKeys {
    /// The top-level keys of a document whose values are not null.
    static func inUse(_ text: String) throws -> Set<String> {
        Set(try ConfigurationNode.parse(text, file: nil).mapping().filter { !$0.value.isNull }.map(\.key))
    }
}
