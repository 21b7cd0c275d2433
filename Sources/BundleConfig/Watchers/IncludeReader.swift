import Glibc

/// Follows `include:`: globs from the folder of the file that holds them, in the order of the names they match.
struct IncludeReader {
    static let keys = ["env", "watchers", "sockets", "plugins", "include"]

    let folders: FolderPlaceholders
    let problems = ConfigurationProblems()
    private(set) var warnings: [ConfigurationError] = []
    private(set) var files: [ServiceFile] = []
    /// Files that were read; one that two globs match is read once.
    private var seen: Set<String> = []

    init(folders: FolderPlaceholders) { self.folders = folders }

    /// Reads what a document includes, itself first.
    mutating func read(_ document: ConfigurationNode) {
        read(document, environment: [:], path: document.file.map { [Self.identity($0)] } ?? [])
    }

    private mutating func read(_ document: ConfigurationNode, environment: [String: String], path: [String]) {
        var environment = environment
        if let node = document.present("env") {
            environment.merge(problems.attempt { try node.environment() } ?? [:]) { $1 }
        }
        let sections = ConfigurationNode.mapping(
            ["watchers", "sockets", "plugins"].compactMap { key in document.present(key).map { (key, $0) } })
        files.append(ServiceFile(document: folders.resolved(sections), environment: environment))
        guard let include = document.present("include") else { return }
        for node in problems.attempt({ try include.names() }) ?? [] {
            guard let pattern = problems.attempt({ try node.filePath() }) else { continue }
            let matches = Self.matches(pattern)
            if matches.isEmpty {
                warnings.append(
                    node.refused(
                        "matches no file (\(pattern))", remedy: "Put one there, or remove the line if none is meant"))
            }
            for match in matches { follow(match, node, environment: environment, path: path) }
        }
    }

    private mutating func follow(
        _ file: String, _ node: ConfigurationNode, environment: [String: String], path: [String]
    ) {
        let identity = Self.identity(file)
        if let start = path.firstIndex(of: identity) {
            let circle = (path[start...] + [identity]).joined(separator: " → ")
            problems.add([
                node.refused("includes a file that includes it: \(circle)", remedy: "Remove one of these includes")
            ])
            return
        }
        guard seen.insert(identity).inserted else { return }
        let text: String
        do throws(DiskError) {
            text = try PrivateFile.read(file)
        } catch {
            problems.add([error.at(node)])
            return
        }
        guard let document = problems.attempt({ try ConfigurationNode.parse(text, file: file) }) else { return }
        guard document.isMapping || document.isNull else {
            problems.add([document.refused("must be a mapping", remedy: "Begin with a key such as watchers:")])
            return
        }
        problems.add(
            document.unknownKeys(Self.keys).map { error in
                guard BundleReader.keys.contains(error.key) else { return error }
                var error = error
                error.problem = "cannot be set by an included file"
                error.remedy =
                    "Move it to the main file; included ones may hold \(Self.keys.joined(separator: ", "))"
                return error
            })
        read(document, environment: environment, path: path + [identity])
    }

    /// The path with links followed, so that a file is known under each of its names.
    private static func identity(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The files that a glob matches, sorted by name.
    static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_ERR, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }.sorted()
    }
}
