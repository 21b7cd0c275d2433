internal import ProcessControl

/// An order whose result is waited for at one watcher.
final class OrderWait {
    /// The result once it is there.
    let result: (Watcher) -> OrderOutcome.Entry?
    let answer: (OrderOutcome.Entry) -> Void
    var deadline: EventLoop.Timer?

    init(
        result: @escaping (Watcher) -> OrderOutcome.Entry?, answer: @escaping (OrderOutcome.Entry) -> Void
    ) {
        self.result = result
        self.answer = answer
    }
}

/// Collects the entries of one order, and answers once all are there.
final class OrderBatch {
    private var entries: [OrderOutcome.Entry?]
    private var missing: Int
    private let answer: (OrderOutcome) -> Void

    init(_ count: Int, _ answer: @escaping (OrderOutcome) -> Void) {
        entries = .init(repeating: nil, count: count)
        missing = count
        self.answer = answer
        if count == 0 { answer(OrderOutcome()) }
    }

    func fill(_ index: Int, _ entry: OrderOutcome.Entry) {
        guard entries[index] == nil else { return }
        entries[index] = entry
        missing -= 1
        if missing == 0 { answer(OrderOutcome(entries: entries.compactMap { $0 })) }
    }
}
