/// A configuration file, the main one or an included one, with the environment that its watchers get.
struct ServiceFile {
    let document: ConfigurationNode
    /// `env:` of this file over those of the files that include it.
    let environment: [String: String]
}
