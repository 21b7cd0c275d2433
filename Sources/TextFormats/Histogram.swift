/// How long something took, counted by upper bounds in seconds.
package struct Histogram: Sendable {
    /// Prometheus' customary bounds.
    package static let bounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// Not cumulative; the last one is for what took longer.
    package private(set) var counts = [Int](repeating: 0, count: Histogram.bounds.count + 1)
    package private(set) var sum = 0.0
    package private(set) var total = 0

    package init() {}

    package mutating func note(_ seconds: Double) {
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
        total += 1
    }

    /// Both together, as of several threads that count on their own.
    package func adding(_ other: Histogram) -> Histogram {
        var both = self
        for index in both.counts.indices { both.counts[index] += other.counts[index] }
        both.sum += other.sum
        both.total += other.total
        return both
    }
}
