/// The text that a bundle's configuration comes from, and what it was recognised as.
struct BundleSource {
    /// nil: the embedded default.
    let file: String?
    let document: ConfigurationNode
    let isPillar: Bool
    /// Whether the document was translated from a circus .ini.
    var isCircus = false
    /// The data folder that a pillar's own place tells: it stands in `<data>/configuration`.
    let inferredData: String?
    /// The file's mode, such as `0644`, when others than its owner can read it.
    let wideMode: String?
    let warnings: [ConfigurationError]

    /// Finds the file: the one named, else the default place, else the data volume's pillar, else the embedded default.
    static func find(_ options: BundleOptions, _ environment: BundleEnvironment) throws -> BundleSource {
        let folder = FilePath.workingFolder()
        let data = FilePath.absolute(options.data ?? EmbeddedDefault.data, from: folder)
        let pillar = data + "/configuration/pillar.sls"
        if let named = options.config { return try read(FilePath.absolute(named, from: folder)) }
        if PrivateFile.exists(environment.defaultFile) {
            var warnings: [ConfigurationError] = []
            if PrivateFile.exists(pillar) {
                warnings.append(
                    ConfigurationError(
                        file: pillar, key: "", problem: "is not read, since \(environment.defaultFile) is there",
                        remedy: "Name it with --config, or move one of the two away"))
            }
            return try read(environment.defaultFile, warnings: warnings)
        }
        if PrivateFile.exists(pillar) { return try read(pillar) }
        return BundleSource(
            file: nil, document: try ConfigurationNode.parse(EmbeddedDefault.text, file: nil), isPillar: false,
            inferredData: nil, wideMode: nil, warnings: [])
    }

    private static func read(_ path: String, warnings: [ConfigurationError] = []) throws -> BundleSource {
        let text: String
        do {
            text = try PrivateFile.read(path)
        } catch {
            throw ConfigurationError(key: "", problem: error.problem, remedy: error.remedy)
        }
        if CircusFile.isOne(text) { return try circus(text, path, warnings: warnings) }
        let isPillar = isPillar(text)
        let resolved = isPillar ? try SaltTemplate.resolve(text, file: path) : text
        let folder = FilePath.parent(of: path)
        return BundleSource(
            file: path, document: try ConfigurationNode.parse(resolved, file: path), isPillar: isPillar,
            inferredData: FilePath.name(of: folder) == "configuration" ? FilePath.parent(of: folder) : nil,
            wideMode: PrivateFile.wideMode(path), warnings: warnings)
    }

    private static func circus(
        _ text: String, _ path: String, warnings: [ConfigurationError]
    ) throws -> BundleSource {
        var reader = CircusReader(text, file: path)
        let document = reader.document()
        try reader.problems.check()
        return BundleSource(
            file: path, document: document, isPillar: false, isCircus: true, inferredData: nil, wideMode: nil,
            warnings: warnings + reader.warnings)
    }

    /// A makinacorpus pillar has a key `makina-projects.NAME` at its root.
    static func isPillar(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let key = line.first == "\"" || line.first == "'" ? line.dropFirst() : line
            return key.hasPrefix("makina-projects.")
        }
    }
}
