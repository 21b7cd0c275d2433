internal import FoundationEssentials

/// A circus .ini as our YAML, for `dockmaster import`.
package struct CircusImport: Sendable {
    /// Reads back as the same watchers, sockets and plugins. May hold what [env] holds.
    package let yaml: String
    /// One for each thing that has no equivalent.
    package let warnings: [ConfigurationError]

    /// - Throws: `ConfigurationErrors`.
    package init(_ file: String) throws {
        let path = FilePath.absolute(file, from: FilePath.workingFolder())
        let text: String
        do throws(DiskError) {
            text = try PrivateFile.read(path)
        } catch {
            throw error.at("")
        }
        guard CircusFile.isOne(text) else {
            throw ConfigurationError(
                file: path, key: "", problem: "is not a circus configuration: it has no [circus] and no [watcher:…]",
                remedy: "Name a circus .ini")
        }
        // A secret of whoever runs the import is not written down for good: its placeholder stays.
        let environment = ProcessInfo.processInfo.environment
        var reader = CircusReader(text, file: path, environment: environment.filter { !SecretName.isOne($0.key) })
        let document = reader.document()
        reader.warnings += Self.secrets(text, environment).map { name in
            ConfigurationError(
                file: path, key: "$(circus.env.\(name))",
                problem: "is a secret of your environment, which is not written down",
                remedy: "Have the watcher inherit it with copy_env: true, or let the program read it from an env_file")
        }
        try reader.problems.check()
        let remarks = reader.warnings.map { "# \($0.key): \($0.problem). \($0.remedy)." }
        yaml =
            (["# Made from \(path) by dockmaster import. Run it with: dockmaster run --config FILE"] + remarks)
            .joined(separator: "\n") + "\n" + document.yaml()
        warnings = reader.warnings
    }

    /// The secret variables of an environment that a text names in placeholders, in order.
    private static func secrets(_ text: String, _ environment: [String: String]) -> [String] {
        let text = text.lowercased()
        return environment.keys.filter { name in
            SecretName.isOne(name) && text.contains("(circus.env.\(name.lowercased()))")
        }.sorted()
    }
}
