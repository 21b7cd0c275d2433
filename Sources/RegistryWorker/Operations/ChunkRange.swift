/// Where a chunk of an upload stands: `Content-Range: 0-1023`, also as `bytes 0-1023/*`.
struct ChunkRange: Equatable {
    var start: Int
    var count: Int

    /// - Returns: nil when the text is no range.
    /// - Source: OCI distribution-spec 1.1, "Pushing a blob in chunks".
    init?(_ text: String) {
        var text = text.filter { $0 != " " }
        if text.lowercased().hasPrefix("bytes") { text = String(text.dropFirst(5)) }
        if let slash = text.firstIndex(of: "/") { text = String(text[..<slash]) }
        let ends = text.split(separator: Character("-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let start = Int(ends[0]), let end = Int(ends[1]), end < Int.max
        else { return nil }
        // `0-0` of an empty chunk is what some clients send for nothing at all; its length tells.
        guard start <= end else { return nil }
        self.start = start
        count = end - start + 1
    }
}
