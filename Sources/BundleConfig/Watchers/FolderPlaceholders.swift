/// `$(dockmaster.data)`, `$(dockmaster.run)` and `$(dockmaster.logs)` in what the files say: the supervisor's folders.
/// Resolved when a file is read; circus's (`$(circus.wid)` or `$(dockmaster.wid)`) differ from process to process and
/// stay for the start.
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

    private func resolved(_ text: String) -> String {
        guard text.contains(Self.start) else { return text }
        return [("data", data), ("run", run), ("logs", logs)].reduce(text) { text, folder in
            text.replacing("\(Self.start)\(folder.0))", with: folder.1)
        }
    }
}
