/// `$(circus.wid)` and its kin in commands, environments and paths, also written `((circus.wid))`; `dockmaster.` may
/// stand for `circus.`. What is not known stays as it is, as in circus.
struct Placeholders {
    /// By their names without the prefix: "wid", "env.HOME", "sockets.web". Names are compared without case.
    private var values: [String: String]

    init(_ values: [String: String]) {
        self.values = Dictionary(values.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }

    func resolve(_ text: String) -> String {
        guard text.contains("circus.") || text.contains("dockmaster.") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(where: { $0 == "$" || $0 == "(" }) {
            result += rest[..<start]
            rest = rest[start...]
            if let (value, after) = Self.match(rest, "$(", ")", values) ?? Self.match(rest, "((", "))", values) {
                result += value
                rest = after
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }

    private static func match(
        _ text: Substring, _ opening: String, _ closing: String, _ values: [String: String]
    ) -> (String, Substring)? {
        guard text.hasPrefix(opening) else { return nil }
        let inner = text.dropFirst(opening.count)
        guard let end = inner.firstIndex(of: ")"), inner[end...].hasPrefix(closing) else { return nil }
        let name = inner[..<end].lowercased()
        for prefix in ["circus.", "dockmaster."] where name.hasPrefix(prefix) {
            guard let value = values[String(name.dropFirst(prefix.count))] else { return nil }
            return (value, inner[end...].dropFirst(closing.count))
        }
        return nil
    }
}
