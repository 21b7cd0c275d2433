/// What a process may use. Nothing is limited unless it is named.
struct ResourceLimits: Sendable, Equatable {
    enum Memory: Sendable, Equatable {
        case bytes(Int)
        /// Of the machine's memory.
        case percent(Double)

        func bytes(of total: Int) -> Int {
            switch self {
            case .bytes(let bytes): bytes
            case .percent(let percent): Int(Double(total) * percent / 100)
            }
        }
    }

    /// Percent of one processor.
    var maxCPU: Double?
    var minCPU: Double?
    var maxMemory: Memory?
    var minMemory: Memory?
    var maxDescriptors: Int?
    /// Percent: the mean of processor and memory.
    var health: Double?
    /// Samples in a row.
    var count = 3

    var isEmpty: Bool {
        maxCPU == nil && minCPU == nil && maxMemory == nil && minMemory == nil && maxDescriptors == nil && health == nil
    }
}
