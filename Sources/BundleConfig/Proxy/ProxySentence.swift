/// `read_only` and `maintenance` of the proxy: true, false, or the sentence that clients are told.
enum ProxySentence {
    static func readOnly(_ node: ConfigurationNode?) throws(ConfigurationError) -> String? {
        try read(node, default: "The registry is read-only for now: pulls go on, push again later.")
    }

    static func maintenance(_ node: ConfigurationNode?) throws(ConfigurationError) -> String? {
        try read(node, default: "The registry is being maintained. Try again later.")
    }

    private static func read(
        _ node: ConfigurationNode?, default sentence: String
    ) throws(ConfigurationError) -> String? {
        guard let node, !node.isNull else { return nil }
        if let flag = try? node.bool() { return flag ? sentence : nil }
        let text = try node.string()
        guard !text.isEmpty, text.utf8.count <= 512, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw node.refused(
                "is neither true, false nor a sentence of at most 512 bytes on one line",
                remedy: "Write true, or what clients shall read")
        }
        return text
    }
}
