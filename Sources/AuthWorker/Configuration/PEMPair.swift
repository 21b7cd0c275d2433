internal import BundleConfig
internal import HTTPService

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
        if key == "key" { checkMode(path, at: value, reading: &reading) }
        return reading.file(path, at: value)
    }

    /// Whoever may write a key makes tokens, and whoever may read it does so too: nobody may beside its owner, and the group
    /// may read. docker_auth looks at neither, and Kubernetes' own default for secrets is 0644: in compatibility mode what
    /// others may read is taken with a warning.
    private static func checkMode(
        _ path: String, at node: ConfigurationNode, reading: inout ConfigurationReading
    ) {
        guard let stamp = FileStamp(path) else { return }
        let mode = "0\(String(stamp.mode & 0o7777, radix: 8))"
        if stamp.mode & 0o022 != 0 {
            reading.refuse(
                node.refused(
                    "\(path) has the mode \(mode): others may put their own key there", remedy: "Run chmod 600 \(path)")
            )
        } else if stamp.mode & 0o004 != 0 {
            let problem = "\(path) has the mode \(mode): everybody on this machine may read it and sign tokens"
            if reading.isCompatible {
                reading.warn(node.refused(problem, remedy: "Run chmod 600 \(path)"))
            } else {
                reading.refuse(
                    node.refused(
                        problem, remedy: "Run chmod 600 \(path) (Kubernetes: defaultMode: 0400), or set compat: true"))
            }
        }
    }
}
