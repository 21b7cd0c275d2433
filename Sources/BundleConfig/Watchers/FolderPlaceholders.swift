/// `$(dockmaster.data)`, `$(dockmaster.run)` and `$(dockmaster.logs)` in what the files say: the supervisor's folders.
/// Resolved when a file is read; circus's `$(circus.…)`, which differ from process to process, stay for the start.
struct FolderPlaceholders {
    let data: String
    let run: String
    let logs: String

    private static let start = "$(dockmaster."

    /// The node with every text in it resolved.
    func resolved(_ node: ConfigurationNode) -> ConfigurationNode {
        var node = node
        switch node.value {
        case .null: break
        case .scalar(let text, let plain): node.value = .scalar(resolved(text), plain: plain)
        case .sequence(let elements): node.value = .sequence(elements.map(resolved))
        case .mapping(let entries):
            node.value = .mapping(entries.map { .init(key: $0.key, value: resolved($0.value)) })
        }
        return node
    }

    /// An error for every text that names a folder which there is not.
    func unknown(in node: ConfigurationNode) -> [ConfigurationError] {
        switch node.value {
        case .null: return []
        case .sequence(let elements): return elements.flatMap(unknown)
        case .mapping(let entries): return entries.flatMap { unknown(in: $0.value) }
        case .scalar(let text, _):
            guard let start = resolved(text).firstRange(of: Self.start) else { return [] }
            let name = resolved(text)[start.lowerBound...].prefix { $0 != ")" }
            return [
                node.refused(
                    "\(name)) is no folder of dockmaster's",
                    remedy: "Known are $(dockmaster.data), $(dockmaster.run) and $(dockmaster.logs)")
            ]
        }
    }

    private func resolved(_ text: String) -> String {
        guard text.contains(Self.start) else { return text }
        return [("data", data), ("run", run), ("logs", logs)].reduce(text) { text, folder in
            text.replacing("\(Self.start)\(folder.0))", with: folder.1)
        }
    }
}
