import HTTPService
import BundleConfig
import RegistryToken

/// `auth`: how callers are told apart.
extension RegistryConfigurationReader {
    mutating func readAuth(_ node: ConfigurationNode?, in root: ConfigurationNode) {
        guard let node, !node.isNull else {
            errors.append(
                ConfigurationError(
                    file: root.file, key: "auth", problem: "is missing: everybody could push and delete",
                    remedy:
                        "Write auth.token with realm, service, issuer and rootcertbundle, auth.htpasswd with realm and "
                        + "path, or auth: {none: {}} to open it"))
            return
        }
        known(node, ["token", "none", "htpasswd", "silly"])
        let ways = ["token", "none", "htpasswd"].filter { node[$0] != nil }
        guard ways.count <= 1 else {
            errors.append(
                node.refused("has \(ways.joined(separator: " and "))", remedy: "Keep the one that is meant"))
            return
        }
        if let token = node["token"] {
            readToken(token)
        } else if let htpasswd = node["htpasswd"] {
            readHtpasswd(htpasswd)
        } else if node["none"] != nil {
            configuration.access = .none
        } else if node["silly"] == nil, errors.isEmpty {
            errors.append(node.refused("has no way of access", remedy: "Write auth.token or auth.htpasswd"))
        }
    }

    private mutating func readHtpasswd(_ node: ConfigurationNode) {
        known(node, ["realm", "path"])
        let realm = headerText(node, "realm", of: "auth.htpasswd")
        let path = headerText(node, "path", of: "auth.htpasswd")
        guard let realm, let path else { return }
        do throws(ConfigurationError) {
            _ = try HtpasswdUsers.read(path, at: node["path"] ?? node)
            configuration.access = .htpasswd(RegistryConfiguration.HtpasswdAccess(realm: realm, path: path))
        } catch {
            errors.append(error)
        }
    }

    private mutating func readToken(_ node: ConfigurationNode) {
        known(
            node,
            [
                "realm", "service", "issuer", "rootcertbundle", "autoredirect", "autoredirectpath", "jwks",
                "signingalgorithms",
            ])
        var redirect: String?
        do throws(ConfigurationError) {
            if try node.bool("autoredirect") == true { redirect = try Self.redirectPath(node) }
        } catch {
            errors.append(error)
        }
        let algorithms = readAlgorithms(node)
        // With autoredirect the realm is made of each request's own host.
        let realm = redirect == nil ? headerText(node, "realm", of: "auth.token") : ""
        let service = headerText(node, "service", of: "auth.token")
        let issuer = headerText(node, "issuer", of: "auth.token")
        let keySet = textFile(node, "jwks")
        let certificates = textFile(node, "rootcertbundle")
        if ["jwks", "rootcertbundle"].allSatisfy({ node[$0].map(\.isNull) ?? true }) {
            errors.append(
                node.refused(
                    "has no key to know tokens by",
                    remedy: "Write auth.token.rootcertbundle, the certificate of the token service, or auth.token.jwks")
            )
        }
        guard let realm, let service, let issuer, certificates != nil || keySet != nil else { return }
        configuration.access = .token(
            RegistryConfiguration.TokenAccess(
                realm: realm, service: service, issuer: issuer, certificates: certificates, keySet: keySet,
                redirectPath: redirect, algorithms: algorithms))
    }

    /// A file that a key names.
    /// - Returns: nil without the key.
    private mutating func textFile(_ node: ConfigurationNode, _ key: String) -> RegistryConfiguration.TextFile? {
        guard let value = node[key], !value.isNull, let path = headerText(node, key, of: "auth.token") else {
            return nil
        }
        guard let text = RegistryConfiguration.read(path) else {
            errors.append(value.refused("\(path) cannot be read", remedy: "Check the path and its permissions"))
            return nil
        }
        return RegistryConfiguration.TextFile(path: path, text: text)
    }

    private static func redirectPath(_ node: ConfigurationNode) throws(ConfigurationError) -> String {
        let path = try node.string("autoredirectpath") ?? "/auth/token/"
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 < 0x7F }), path.hasPrefix("/") else {
            throw (node["autoredirectpath"] ?? node).refused("is no path", remedy: "Begin it with /")
        }
        return path
    }

    /// - Returns: nil for every algorithm that there is a key for.
    private mutating func readAlgorithms(_ node: ConfigurationNode) -> [TokenAlgorithm]? {
        guard let part = node["signingalgorithms"], !part.isNull else { return nil }
        do throws(ConfigurationError) {
            var algorithms: [TokenAlgorithm] = []
            for name in try part.strings() {
                if let algorithm = TokenAlgorithm(rawValue: name) {
                    algorithms.append(algorithm)
                } else {
                    ignore(part, "\(name) is never accepted; tokens are signed with RS256, ES256, ES384 or ES512")
                }
            }
            guard !algorithms.isEmpty else {
                throw part.refused("leaves no algorithm", remedy: "Name RS256, ES256, ES384 or ES512")
            }
            return algorithms
        } catch {
            errors.append(error)
            return nil
        }
    }

    /// A text that goes into a header.
    private mutating func headerText(_ node: ConfigurationNode, _ key: String, of section: String) -> String? {
        do throws(ConfigurationError) {
            guard let text = try node.string(key), !text.isEmpty else {
                throw (node[key] ?? node).refused("needs \(key)", remedy: "Write \(section).\(key)")
            }
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }) else {
                throw (node[key] ?? node).refused("holds a quote or a control character", remedy: "Remove it")
            }
            return text
        } catch {
            errors.append(error)
            return nil
        }
    }
}
