/// Several logs as one, by time: the earliest of their next lines comes first, and each keeps its own order.
struct LogMerge {
    private struct Head {
        let entry: LogEntry
        let source: Int
    }

    private let sources: [() -> LogEntry?]
    /// A binary heap; the earliest is the first.
    private var heads: [Head] = []

    init(_ sources: [() -> LogEntry?]) {
        self.sources = sources
        for (number, source) in sources.enumerated() {
            if let entry = source() { insert(Head(entry: entry, source: number)) }
        }
    }

    /// Merges lists that are there already.
    static func merge(_ lists: [[LogEntry]]) -> [LogEntry] {
        var merge = LogMerge(
            lists.map { list in
                var rest = list[...]
                return { rest.popFirst() }
            })
        var merged: [LogEntry] = []
        while let entry = merge.next() { merged.append(entry) }
        return merged
    }

    mutating func next() -> LogEntry? {
        guard let first = heads.first else { return nil }
        if let entry = sources[first.source]() {
            heads[0] = Head(entry: entry, source: first.source)
            sink()
        } else {
            let last = heads.removeLast()
            if !heads.isEmpty {
                heads[0] = last
                sink()
            }
        }
        return first.entry
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (heads[left], heads[right])
        return left.entry.time == right.entry.time
            ? left.source < right.source : left.entry.time < right.entry.time
    }

    private mutating func insert(_ head: Head) {
        heads.append(head)
        var index = heads.count - 1
        while index > 0, precedes(index, (index - 1) / 2) {
            heads.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink() {
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heads.count && precedes(child, least) {
                least = child
            }
            if least == index { return }
            heads.swapAt(index, least)
            index = least
        }
    }
}
