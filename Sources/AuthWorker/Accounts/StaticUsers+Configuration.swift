internal import HTTPService
internal import BundleConfig

extension StaticUser {
    /// Reads a user's entry; nil for `name:` with nothing behind it, who does not exist.
    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        if node.isNull { return nil }
        guard node.isMapping else {
            reading.refuse(
                node.refused(
                    "is \(node.kind), not a user", remedy: "Write it as {password: \"$2y$…\"}"))
            return nil
        }
        reading.check(node, knows: ["password", "labels"])
        password = .any
        if let value = node["password"], !value.isNull,
            let text = reading.attempt({ () throws(ConfigurationError) in try value.string() })
        {
            password = Self.password(text, at: value, reading: &reading)
        }
        let named = reading.attempt { () throws(ConfigurationError) in try node["labels"]?.mapping() } ?? []
        var labels: [(name: String, values: [String])] = []
        for (name, value) in named {
            let texts = reading.attempt { () throws(ConfigurationError) in try value.strings() }
            if let texts { labels.append((name, texts)) }
        }
        self.labels = Labels(labels)
    }

    private static func password(
        _ text: String, at node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> Password {
        guard let hash = BcryptHash(text) else {
            // Never the value itself: it may be a password in the clear.
            reading.warn(
                node.refused(
                    "is no bcrypt hash, so nobody can sign in with it",
                    remedy: "Make one: htpasswd -nbB -C 10 USER PASSWORD"))
            return .unusable
        }
        if hash.cost > BcryptHash.costLimit {
            reading.refuse(
                node.refused(
                    "has the bcrypt cost \(hash.cost): one sign-in would take seconds of a core",
                    remedy: "Hash it again with a cost of 10 to 12, at most \(BcryptHash.costLimit)"))
        }
        return .bcrypt(hash)
    }
}
