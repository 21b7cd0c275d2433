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
        var reader = CircusReader(text, file: path)
        let document = reader.document()
        try reader.problems.check()
        let remarks = reader.warnings.map { "# \($0.key): \($0.problem). \($0.remedy)." }
        yaml =
            (["# Made from \(path) by dockmaster import. Run it with: dockmaster run --config FILE"] + remarks)
            .joined(separator: "\n") + "\n" + document.yaml()
        warnings = reader.warnings
    }
}
