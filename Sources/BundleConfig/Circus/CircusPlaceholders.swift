/// `$(circus.NAME)` and `((circus.NAME))` in a circus file's values; names without regard to case.
/// Source: circus 0.19, `circus.util.replace_gnu_args`.
struct CircusPlaceholders {
    /// By small letters: `env.home`, `numprocesses`.
    private var values: [String: String] = [:]

    init(environment: [String: String] = [:]) {
        for (name, value) in environment { values["env." + name.lowercased()] = value }
    }

    subscript(_ name: String) -> String? {
        get { values[name.lowercased()] }
        set { values[name.lowercased()] = newValue }
    }

    /// The text with each known placeholder replaced; others stay for the start of the process.
    func expand(_ text: String) -> String {
        guard text.contains("(circus.") else { return text }
        return text.replacing(#/\$\(circus\.([A-Za-z0-9_.\-]+)\)|\(\(circus\.([A-Za-z0-9_.\-]+)\)\)/#) { match in
            guard let name = match.1 ?? match.2 else { return String(match.0) }
            return values[name.lowercased()] ?? String(match.0)
        }
    }
}
