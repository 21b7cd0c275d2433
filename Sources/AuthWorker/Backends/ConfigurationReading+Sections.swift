internal import BundleConfig
internal import HTTPService
internal import NIOSSL

extension ConfigurationReading {
    /// A key that must be there and not empty.
    mutating func required(_ key: String, of node: ConfigurationNode, example: String) -> String? {
        guard let value = node[key], !value.isNull else {
            refuse(node.refused("has no \(key)", remedy: "Add \(key): \(example)"))
            return nil
        }
        guard let text = attempt({ () throws(ConfigurationError) in try value.string() }) else { return nil }
        guard !text.isEmpty else {
            refuse(value.refused("is empty", remedy: "Write \(key): \(example)"))
            return nil
        }
        return text
    }

    mutating func text(_ key: String, of node: ConfigurationNode) -> String? {
        attempt { () throws(ConfigurationError) in try node.string(key) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether whoever answers at an address may say who signs in: https, or with a warning this machine, in plain ASCII.
    /// - Parameter without: further characters that it must not hold.
    mutating func isTrustworthy(
        _ address: String, at node: ConfigurationNode, without: String, remedy: String
    ) -> Bool {
        guard WorkloadRule.isTrustworthy(address, asPlainAs: address),
            address.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !without.utf8.contains($0) })
        else {
            refuse(node.refused("is no https address", remedy: remedy))
            return false
        }
        if WorkloadRule.isLoopback(address) {
            warn(
                node.refused(
                    "is without TLS: whoever answers on that port of this machine signs in as anybody",
                    remedy: "Write https://, except for tests"))
        }
        return true
    }

    mutating func flag(_ key: String, of node: ConfigurationNode) -> Bool {
        attempt { () throws(ConfigurationError) in try node.bool(key) } ?? false
    }

    /// The secret that a file of mode 0600 holds, without the blanks around it; nil when it is refused.
    mutating func secretFile(_ path: String, at node: ConfigurationNode) -> Secret? {
        if let stamp = FileStamp(path), stamp.mode & 0o077 != 0 {
            refuse(
                node.refused(
                    "\(path) has the mode 0\(String(stamp.mode & 0o7777, radix: 8)): others may read the secret",
                    remedy: "Run chmod 600 \(path)"))
        }
        guard var text = file(path, at: node)?[...] else { return nil }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        if text.isEmpty { refuse(node.refused("\(path) is empty", remedy: "Write the secret into it")) }
        return Secret(String(text))
    }

    /// The path of `ca_certificate`, a PEM file that is trusted in the place of the system's authorities.
    mutating func authority(_ node: ConfigurationNode) -> String? {
        guard let path = text("ca_certificate", of: node), let value = node["ca_certificate"],
            let text = file(path, at: value)
        else { return nil }
        guard (try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8)))?.isEmpty == false else {
            refuse(value.refused("\(path) holds no certificate", remedy: "Name a PEM file"))
            return nil
        }
        return path
    }

    /// A time within bounds; the default when it is absent or refused.
    mutating func time(
        _ key: String, of node: ConfigurationNode, default standard: Duration, within bounds: ClosedRange<Duration>
    ) -> Duration {
        guard let time = attempt({ () throws(ConfigurationError) in try node.duration(key) }) else { return standard }
        guard bounds.contains(time) else {
            let (least, most) = (DurationText.text(bounds.lowerBound), DurationText.text(bounds.upperBound))
            refuse((node[key] ?? node).refused("is out of bounds", remedy: "Write a time from \(least) to \(most)"))
            return standard
        }
        return time
    }

    /// A number within bounds; the default when it is absent or refused.
    mutating func number(
        _ key: String, of node: ConfigurationNode, default standard: Int, within bounds: ClosedRange<Int>
    ) -> Int {
        guard let number = attempt({ () throws(ConfigurationError) in try node.integer(key) }) else { return standard }
        guard bounds.contains(number) else {
            refuse(
                (node[key] ?? node).refused(
                    "is out of bounds", remedy: "Write a number from \(bounds.lowerBound) to \(bounds.upperBound)"))
            return standard
        }
        return number
    }
}
