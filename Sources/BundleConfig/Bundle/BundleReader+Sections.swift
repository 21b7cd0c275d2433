// `auth:` and `registry:`: the workers' own keys. Each worker checks its file in depth; here stands what the bundle
// decides itself.

extension BundleReader {
    private static let authKeys =
        ["server", "token", "users", "acl", "compat", "database", "client_certificates"] + otherBackends + otherAccess
    private static let tokenKeys = [
        "issuer", "expiration", "certificate", "key", "disable_legacy_key_id", "refresh_expiration",
    ]
    private static let registryKeys = [
        "version", "log", "loglevel", "storage", "auth", "middleware", "http", "notifications", "redis", "health",
        "proxy", "compatibility", "policy", "validation", "catalog",
    ]
    private static let levels = ["error", "warn", "info", "debug"]

    mutating func checkAuth(_ auth: ConfigurationNode) {
        problems.add(auth.unknownKeys(Self.authKeys))
        if let server = auth["server"], !server.isNull {
            problems.add([
                server.refused(
                    "cannot be set in a bundle: the supervisor binds the auth worker's socket, "
                        + "and the proxy has the TLS",
                    remedy: "Remove it; ports and TLS are set below proxy: and by ssl_cert")
            ])
        }
        guard let token = auth["token"], !token.isNull else { return }
        problems.attempt { _ = try token.mapping() }
        problems.add(token.unknownKeys(Self.tokenKeys))
        problems.attempt {
            guard let seconds = try token.integer("expiration"), let node = token["expiration"] else { return }
            guard seconds > 0 else { throw node.refused("must be positive", remedy: "Write seconds, such as 900") }
        }
        problems.attempt { try checkTokenPair(token) }
    }

    private func checkTokenPair(_ token: ConfigurationNode) throws {
        switch (token["certificate"], token["key"]) {
        case (nil, nil): return
        case (let certificate?, nil):
            throw certificate.refused("stands without auth.token.key", remedy: "Add the key, or remove the certificate")
        case (nil, let key?):
            throw key.refused("stands without auth.token.certificate", remedy: "Add the certificate, or remove the key")
        case (let certificate?, let key?):
            let certificatePath = try certificate.string()
            let keyPath = try key.string()
            for (path, node) in [(certificatePath, certificate), (keyPath, key)] where !path.hasPrefix("/") {
                throw node.refused("must be an absolute path", remedy: "Begin it with /")
            }
            if let mode = PrivateFile.wideMode(keyPath) {
                throw key.refused(
                    "names \(keyPath), which others can read (mode \(mode))", remedy: "Run chmod 600 \(keyPath)")
            }
            let texts: (String, String)
            do throws(DiskError) {
                texts = (try PrivateFile.read(certificatePath), try PrivateFile.read(keyPath))
            } catch {
                throw error.at(token)
            }
            do throws(CertificateFault) {
                _ = try CertificatePair(chain: texts.0, key: texts.1)
            } catch {
                throw error.at(certificate: certificate, key: key)
            }
        }
    }

    mutating func checkRegistry(_ registry: ConfigurationNode, auth settings: ConfigurationNode, domain: String) {
        problems.add(registry.unknownKeys(Self.registryKeys))
        problems.attempt {
            let issuer = try settings["token"]?.string("issuer") ?? domain
            guard let node = registry["auth"]?["token"]?["issuer"], !node.isNull, try node.string() != issuer else {
                return
            }
            throw node.refused(
                "is not the issuer of the auth worker's tokens (\(issuer))",
                remedy: "Remove it, or set auth.token.issuer to the same")
        }
        if let http = registry["http"] {
            for key in ["addr", "net", "tls", "letsencrypt", "prefix"] {
                guard let node = http[key], !node.isNull else { continue }
                problems.add([
                    node.refused(
                        "cannot be set in a bundle: the supervisor binds the registry's socket, "
                            + "and the proxy has the TLS",
                        remedy: "Remove it; ports and TLS are set below proxy: and by ssl_cert")
                ])
            }
        }
        if let auth = registry["auth"] {
            problems.add(
                auth.keys.filter { $0 != "token" }.compactMap { auth[$0] }.map { node in
                    node.refused(
                        "cannot be used in a bundle, whose registry takes the tokens of its own auth worker",
                        remedy: "Remove it and set users: and acl:")
                })
        }
        problems.attempt {
            guard let node = registry["storage"]?["filesystem"]?["rootdirectory"], !node.isNull else { return }
            guard try node.string().hasPrefix("/") else {
                throw node.refused("must be an absolute path", remedy: "Begin it with /")
            }
        }
        if let level = registry["log"]?["level"] {
            problems.attempt {
                let text = try level.string()
                guard Self.levels.contains(text) else {
                    throw level.refused(
                        "\(text) is not a level", remedy: "Write one of \(Self.levels.joined(separator: ", "))")
                }
            }
        }
    }
}
