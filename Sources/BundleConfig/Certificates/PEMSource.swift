/// Takes PEM from a document: as it stands there, or from the file that it names.
struct PEMSource {
    /// The folder from which paths are meant.
    let base: String

    /// - Parameter secret: whether nobody else may read the file.
    func text(of node: ConfigurationNode, secret: Bool) throws -> String {
        let value = try node.string()
        if value.contains("-----BEGIN") { return value }
        guard let file = file(named: value) else {
            throw node.refused(
                "is neither PEM nor a path",
                remedy: "Paste the PEM text with its BEGIN and END lines, or name the file that holds it")
        }
        if secret, let mode = PrivateFile.wideMode(file) {
            throw node.refused("names \(file), which others can read (mode \(mode))", remedy: "Run chmod 600 \(file)")
        }
        do {
            return try PrivateFile.read(file)
        } catch {
            throw error.at(node)
        }
    }

    /// The files that both name; nil when one of them is PEM itself.
    func files(
        _ certificate: ConfigurationNode, _ key: ConfigurationNode
    ) -> ProxyConfiguration.Certificate.Files? {
        guard let chain = try? certificate.string(), let key = try? key.string(), let chain = file(named: chain),
            let key = file(named: key)
        else { return nil }
        return .init(chain: chain, key: key)
    }

    /// The file that a value names; nil when it cannot be the name of one.
    private func file(named value: String) -> String? {
        let path = value.filter { !$0.isNewline }
        guard !value.contains("-----BEGIN"), !path.isEmpty, path.utf8.count < 1_024,
            value.split(whereSeparator: \.isNewline).count == 1
        else { return nil }
        return FilePath.absolute(path, from: base)
    }
}
