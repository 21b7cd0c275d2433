internal import BundleConfig
internal import HTTPService
internal import HTTPTypes
internal import RegistryToken

extension AuthSettings {
    private static let serverKeys =
        ["addr", "net", "path_prefix", "real_ip_header", "real_ip_pos", "hsts", "certificate", "key"] + tlsKeys
    /// What concerns TLS alone, which docker_auth speaks itself and this worker leaves to the proxy.
    private static let tlsKeys = ["letsencrypt", "tls_min_version", "tls_curve_preferences", "tls_cipher_suites"]
    private static let tlsVersions = ["TLS10", "TLS11", "TLS12", "TLS13"]
    private static let tlsCurves = ["P256", "P384", "P521", "X25519"]

    static func server(_ root: ConfigurationNode, reading: inout ConfigurationReading) -> Server? {
        guard let node = root["server"], !node.isNull else {
            reading.refuse(
                (root["server"] ?? root).refused(
                    "names no server.addr", remedy: "Add server: {addr: \"127.0.0.1:5001\"}"))
            return nil
        }
        reading.check(node, knows: serverKeys)
        let text = reading.attempt { () throws(ConfigurationError) in try node.string("addr") } ?? ""
        guard !text.isEmpty else {
            if node["addr"]?.isScalar ?? true {
                reading.refuse(node.refused("names no server.addr", remedy: "Add server: {addr: \"127.0.0.1:5001\"}"))
            }
            return nil
        }
        let prefix = reading.attempt { () throws(ConfigurationError) in try node.string("path_prefix") } ?? ""
        if !prefix.isEmpty, !prefix.hasPrefix("/"), let value = node["path_prefix"] {
            reading.refuse(value.refused("is no absolute path", remedy: "Let it begin with /"))
        }
        if let value = node["real_ip_header"], let name = try? value.string(), !name.isEmpty,
            HTTPField.Name(name) == nil
        {
            reading.refuse(value.refused("is no header's name: \"\(name)\"", remedy: "Write X-Real-IP"))
        }
        let address = address(text, at: node, reading: &reading)
        if let address { checkTLS(node, address, reading: &reading) }
        return Server(
            address: address ?? .unix(path: text), pathPrefix: prefix,
            realIPHeader: reading.attempt { () throws(ConfigurationError) in try node.string("real_ip_header") }
                .flatMap { $0.isEmpty ? nil : $0 },
            realIPPosition: whole("real_ip_pos", of: node, reading: &reading) ?? 0,
            hasHSTS: reading.attempt { () throws(ConfigurationError) in try node.bool("hsts") } ?? false)
    }

    /// `server.certificate` and `server.key`: they sign tokens where the token section names no pair of its own.
    static func serverPair(_ root: ConfigurationNode, reading: inout ConfigurationReading) -> PEMPair? {
        guard let node = root["server"], ["certificate", "key"].contains(where: { node[$0]?.isNull == false }) else {
            return nil
        }
        guard let pair = PEMPair(node, reading: &reading) else { return nil }
        do throws(TokenKeyError) {
            // docker_auth parses the pair even where the token section has another.
            _ = try TokenSigner(certificate: pair.certificate, key: pair.key)
            return pair
        } catch {
            reading.refuse(pair.certificateNode.refused(error.problem, remedy: error.remedy))
            return nil
        }
    }

    /// TLS is the proxy's. A file that asks for it is taken where nobody on a network can reach the plain port.
    private static func checkTLS(
        _ node: ConfigurationNode, _ address: ListenAddress, reading: inout ConfigurationReading
    ) {
        checkTLSValues(node, reading: &reading)
        for key in ["certificate"] + tlsKeys {
            guard let value = node[key], !value.isNull else { continue }
            if address.isPrivate {
                reading.warn(
                    value.refused(
                        "is not used for TLS: this worker speaks plain HTTP, the proxy terminates TLS",
                        remedy: "Give the certificate to the proxy"))
            } else {
                reading.refuse(
                    value.refused(
                        "is not served on \(address): this worker speaks plain HTTP, and passwords would cross the network",
                        remedy: "Listen on 127.0.0.1 or a unix socket, and let the proxy terminate TLS"))
                return
            }
        }
    }

    /// What docker_auth refuses of these keys.
    private static func checkTLSValues(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let version = reading.attempt { () throws(ConfigurationError) in try node.string("tls_min_version") }
        if let version, !version.isEmpty, !tlsVersions.contains(version), let value = node["tls_min_version"] {
            reading.refuse(value.refused("is no version of TLS", remedy: "Write TLS12 or TLS13"))
        }
        let curves = reading.attempt { () throws(ConfigurationError) in try node.strings("tls_curve_preferences") }
        if let odd = curves?.first(where: { !tlsCurves.contains($0) }), let value = node["tls_curve_preferences"] {
            reading.refuse(
                value.refused("names no curve: \"\(odd)\"", remedy: "Known: \(tlsCurves.joined(separator: ", "))"))
        }
        let suites = reading.attempt { () throws(ConfigurationError) in try node.strings("tls_cipher_suites") }
        if let suites, !suites.isEmpty, version == "TLS13", let value = node["tls_cipher_suites"] {
            reading.refuse(value.refused("cannot be chosen with TLS 1.3", remedy: "Remove it"))
        }
        if let given = node["letsencrypt"], given["email"]?.isNull == false, given["cache_dir"]?.isNull ?? true {
            reading.refuse(given.refused("has no cache_dir", remedy: "Add it, or remove letsencrypt"))
        }
    }

    private static func address(
        _ text: String, at node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> ListenAddress? {
        let network = reading.attempt { () throws(ConfigurationError) in try node.string("net") } ?? "tcp"
        switch network {
        case "unix":
            return .unix(path: text)
        case "tcp", "":
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 2, let port = UInt16(parts[parts.count - 1]) else {
                reading.refuse(
                    (node["addr"] ?? node).refused(
                        "is no address: \"\(text)\"", remedy: "Write it as 127.0.0.1:5001, :5001 or [::1]:5001"))
                return nil
            }
            var host = parts.dropLast().joined(separator: ":")
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            return .tcp(host: host.isEmpty ? "::" : host, port: Int(port))
        default:
            reading.refuse(
                (node["net"] ?? node).refused("is neither tcp nor unix", remedy: "Write net: tcp or net: unix"))
            return nil
        }
    }
}
