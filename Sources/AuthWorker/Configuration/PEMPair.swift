internal import BundleConfig

/// The certificate and private key that a section names by its keys `certificate` and `key`, read.
struct PEMPair: Sendable {
    var certificate: String
    var key: String
    /// Where the two are named.
    var certificateNode: ConfigurationNode
    var keyNode: ConfigurationNode

    /// Nil when one is absent or cannot be read; why is in `reading`.
    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let certificate = Self.file("certificate", of: node, reading: &reading)
        let key = Self.file("key", of: node, reading: &reading)
        guard let certificate, let key else { return nil }
        self.certificate = certificate
        self.key = key
        certificateNode = node["certificate"] ?? node
        keyNode = node["key"] ?? node
    }

    private static func file(
        _ key: String, of node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> String? {
        guard let value = node[key], !value.isNull else {
            reading.refuse(node.refused("has no \(key)", remedy: "Add the path of a PEM file"))
            return nil
        }
        guard let path = reading.attempt({ () throws(ConfigurationError) in try value.string() }) else { return nil }
        return reading.file(path, at: value)
    }
}
