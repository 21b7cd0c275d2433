internal import BundleConfig
internal import HTTPService
internal import Logging

/// `htpasswd_auth: {path}`: a section of ours. Changes of the file are taken up while it serves.
struct HtpasswdSettings: BackendSettings {
    static let key = "htpasswd_auth"

    let path: String

    /// Nil when refused: the file must be there and right, like the configuration itself.
    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        reading.check(node, knows: ["path"])
        guard let path = reading.attempt({ () throws(ConfigurationError) in try node.string("path") }) else {
            reading.refuse(node.refused("names no file", remedy: "Add path: /etc/dockmaster/htpasswd"))
            return nil
        }
        guard
            reading.attempt({ () throws(ConfigurationError) in
                try HtpasswdUsers.read(path, at: node["path"] ?? node)
            }) != nil
        else { return nil }
        self.path = path
    }

    func make(_ context: BackendContext) -> Backend {
        do throws(ConfigurationError) {
            let file = try HtpasswdFile(
                path, key: "\(Self.key).path", pool: context.pool, logger: context.logger)
            return Backend(authenticator: HtpasswdAuthenticator(file: file))
        } catch {
            // It was right a moment ago.
            context.logger.error("\(error)")
            let failure = BackendFailure(problem: error.description, isOutage: false)
            return Backend(authenticator: BrokenBackend(name: Self.key, failure: failure))
        }
    }
}
