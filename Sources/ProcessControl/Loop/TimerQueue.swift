/// What has been put off until later: a binary heap by due time. Equal times run in the order they were armed.
struct TimerQueue {
    struct Entry {
        let due: MonotonicTime
        let id: UInt64
    }

    private var heap: [Entry] = []

    var next: Entry? { heap.first }
    var count: Int { heap.count }

    mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard precedes(heap[index], heap[parent]) else { break }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    mutating func removeFirst() -> Entry? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first
    }

    /// Drops entries that nobody waits for any more. Called when they outnumber the others.
    mutating func keep(where wanted: (UInt64) -> Bool) {
        let kept = heap.filter { wanted($0.id) }
        heap = []
        for entry in kept { insert(entry) }
    }

    private mutating func sink() {
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && precedes(heap[child], heap[least]) {
                least = child
            }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }

    private func precedes(_ left: Entry, _ right: Entry) -> Bool {
        left.due == right.due ? left.id < right.id : left.due < right.due
    }
}
