import BundleConfig
import Glibc

/// Reads proxy.yml from its file.
enum ProxyConfigurationFile {
    /// - Throws: a `ConfigurationError` or `ConfigurationErrors`, each with its file.
    static func read(_ path: String) throws -> ProxyConfiguration {
        try ProxyConfiguration(try ConfigurationNode.parse(try text(path), file: path))
    }

    static func text(_ path: String) throws(ConfigurationError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ConfigurationError(
                file: path, key: "", problem: "cannot be read: \(String(cString: strerror(errno)))",
                remedy: "Make it readable for the proxy, or name another file")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(file: path, key: "", problem: "is not UTF-8", remedy: "Save it as UTF-8")
        }
        return text
    }
}
