import BundleConfig

/// `storage`: where the content is, and what may be done to it.
extension RegistryConfigurationReader {
    mutating func readStorage(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        let drivers = ["filesystem", "inmemory", "s3", "s3aws", "azure", "gcs", "oss", "swift", "rados", "testdriver"]
        known(node, ["delete", "maintenance", "cache", "redirect", "tag"] + drivers)
        readCache(node["cache"])
        if let redirect = node["redirect"], !redirect.isNull {
            known(redirect, ["disable"])
            // What `disable: true` asks for is always so.
            if (try? redirect.bool("disable")) != true { ignore(redirect, "the file system never redirects") }
        }
        if let tag = node["tag"], !tag.isNull { known(tag, ["concurrencylimit"]) }
        if let filesystem = node["filesystem"], !filesystem.isNull {
            known(filesystem, ["rootdirectory", "maxthreads"])
            read(filesystem, "maxthreads", Self.count) { _, _ in }
            read(
                filesystem, "rootdirectory",
                { (node) throws(ConfigurationError) in
                    let path = try node.string()
                    guard path.hasPrefix("/") else {
                        throw node.refused("is not an absolute path", remedy: "Begin it with /")
                    }
                    return path
                }
            ) { $0.root = $1 }
        }
        if let delete = node["delete"], !delete.isNull {
            known(delete, ["enabled"])
            read(delete, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) {
                $0.isDeleteEnabled = $1
            }
        }
        readMaintenance(node["maintenance"])
    }

    private mutating func readCache(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["blobdescriptor", "blobdescriptorsize", "layerinfo"])
        for key in ["blobdescriptor", "layerinfo"] {
            guard let part = node[key], !part.isNull else { continue }
            // A cache in memory is what there is.
            if (try? part.string()) != "inmemory" {
                ignore(part, "manifests are cached in memory, checked on each use")
            }
        }
    }

    private mutating func readMaintenance(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["uploadpurging", "readonly", "scrub", "gc"])
        do throws(ConfigurationErrors) {
            configuration.collection = try CollectionSettings(node["gc"])
        } catch {
            errors += error.errors
        }
        if let readOnly = node["readonly"], !readOnly.isNull {
            known(readOnly, ["enabled"])
            read(readOnly, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) { $0.isReadOnly = $1 }
        }
        readScrub(node["scrub"])
        guard let purge = node["uploadpurging"], !purge.isNull else { return }
        known(purge, ["enabled", "age", "interval", "dryrun"])
        read(purge, "age", Self.positive) { $0.purge?.age = $1 }
        read(purge, "interval", Self.positive) { $0.purge?.interval = $1 }
        read(purge, "dryrun", { (node) throws(ConfigurationError) in try node.bool() }) { $0.purge?.isDryRun = $1 }
        read(purge, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) { if !$1 { $0.purge = nil } }
    }

    private mutating func readScrub(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["enabled", "interval", "rate"])
        read(node, "interval", Self.positive) { $0.scrub?.interval = $1 }
        read(node, "rate", Self.rate) { $0.scrub?.rate = $1 }
        read(node, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) { if !$1 { $0.scrub = nil } }
    }

    /// Bytes a second: `10MiB`
    private static func rate(_ node: ConfigurationNode) throws(ConfigurationError) -> Int {
        let size = try node.byteSize().bytes
        guard size > 0 else { throw node.refused("is no rate", remedy: "Write bytes a second, such as 10MiB") }
        return size
    }
}
