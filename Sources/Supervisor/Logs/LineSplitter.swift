/// Cuts a stream into lines. A line may come in any number of pieces.
/// - Size: a line past `limit` bytes is given out in pieces of that size, so that no writer can fill our memory.
struct LineSplitter {
    private var rest: [UInt8] = []
    private let limit: Int

    init(limit: Int = 4 << 20) {
        self.limit = limit
    }

    /// Whether the last piece did not end with a newline.
    var isInsideLine: Bool { !rest.isEmpty }

    /// Calls `emit` with each line that `chunk` completes, without its newline.
    mutating func feed(_ chunk: ArraySlice<UInt8>, _ emit: (ArraySlice<UInt8>) -> Void) {
        var chunk = chunk
        while let newline = chunk.firstIndex(of: 0x0A) {
            if rest.isEmpty {
                emit(chunk[..<newline])
            } else {
                rest += chunk[..<newline]
                emit(rest[...])
                rest.removeAll(keepingCapacity: rest.capacity <= 65536)
            }
            chunk = chunk[(newline + 1)...]
        }
        rest += chunk
        while rest.count >= limit {
            emit(rest[..<limit])
            rest.removeFirst(limit)
        }
    }

    /// Gives out what stands after the last newline: its writer has gone.
    mutating func flush(_ emit: (ArraySlice<UInt8>) -> Void) {
        if !rest.isEmpty { emit(rest[...]) }
        rest = []
    }
}
