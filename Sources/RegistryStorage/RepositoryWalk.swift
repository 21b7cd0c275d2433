import RegistryModel

/// Walks the repositories' folders in order, leaving out what comes before a page and stopping after it.
struct RepositoryWalk {
    private let layout: StorageLayout
    private let limit: Int?
    private let last: String?
    private(set) var found: [RepositoryName] = []
    /// Whether there is more than the limit allows.
    private(set) var isFull = false

    init(layout: StorageLayout, limit: Int?, after last: String?) {
        self.layout = layout
        self.limit = limit
        self.last = last
    }

    /// - Parameter name: of the repository that the folder may be; empty at the top.
    mutating func visit(_ folder: String, name: String) throws(StorageError) {
        guard let entries = try Disk.entries(of: folder) else { return }
        let isRepository = entries.contains { $0.name == "_manifests" || $0.name == "_layers" }
        if isRepository, let repository = RepositoryName(name), isAfterLast(name) {
            if let limit, found.count >= limit {
                isFull = true
                return
            }
            found.append(repository)
        }
        let children = entries.filter { $0.isFolder && !$0.name.hasPrefix("_") }.map {
            name.isEmpty ? $0.name : "\(name)/\($0.name)"
        }
        for child in children.sorted(by: Self.precedes) where !isFull && mayHoldMore(child) {
            // Names are valid only up to a length, which bounds the depth too.
            guard child.utf8.count <= RepositoryName.maximumLength else { continue }
            try visit("\(layout.repositories)/\(child)", name: child)
        }
    }

    private func isAfterLast(_ name: String) -> Bool {
        guard let last else { return true }
        return Self.precedes(last, name)
    }

    /// Whether a folder or one below it can come after `last`.
    private func mayHoldMore(_ name: String) -> Bool {
        guard let last else { return true }
        return Self.precedes(last, name) || last == name || last.hasPrefix(name + "/")
    }

    /// The order of `RepositoryName`, for any text: the slash is the lowest.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        func weight(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "/") ? 0 : byte }
        return left.utf8.lexicographicallyPrecedes(right.utf8) { weight($0) < weight($1) }
    }
}
