internal import CLinux

/// Makes whole lines of a stream that comes in any pieces: a file that several processes write to gets no line of one
/// within a line of another. What stands after the last newline is held until it is complete.
/// - Size: a line past `limit` bytes is given out in pieces, so that no writer can fill our memory.
struct LineBuffer {
    /// The beginning of a line that has not ended.
    private(set) var rest: [UInt8]
    private let limit: Int

    init(limit: Int = 4 << 20, rest: [UInt8] = []) {
        self.limit = limit
        self.rest = rest
    }

    /// Calls `emit` with one or more whole lines, newlines included, as often as needed.
    mutating func feed(_ chunk: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Void) {
        guard let base = chunk.baseAddress else { return }
        let last = clinux_last_newline(base, chunk.count)
        guard last >= 0 else { return hold(chunk, emit) }
        var start = 0
        if !rest.isEmpty {
            start = (chunk.firstIndex(of: 0x0A) ?? last) + 1
            rest += chunk[..<start]
            rest.withUnsafeBytes(emit)
            rest.removeAll(keepingCapacity: false)
        }
        if start <= last { emit(UnsafeRawBufferPointer(rebasing: chunk[start...last])) }
        if last + 1 < chunk.count { hold(UnsafeRawBufferPointer(rebasing: chunk[(last + 1)...]), emit) }
    }

    private mutating func hold(_ piece: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Void) {
        rest += piece
        guard rest.count >= limit else { return }
        rest.withUnsafeBytes(emit)
        rest = []
    }

    /// Gives out what stands after the last newline, and a newline: its writer has gone.
    mutating func flush(_ emit: (UnsafeRawBufferPointer) -> Void) {
        guard !rest.isEmpty else { return }
        rest.append(0x0A)
        rest.withUnsafeBytes(emit)
        rest = []
    }

    /// Calls `each` with every line of a block, without its newline.
    static func lines(of block: UnsafeRawBufferPointer, _ each: (UnsafeRawBufferPointer) -> Void) {
        var rest = block[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            each(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = rest[min(end + 1, rest.endIndex)...]
        }
    }

    /// How many lines a block has.
    static func count(_ block: UnsafeRawBufferPointer) -> Int {
        block.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) } + (block.last == 0x0A ? 0 : 1)
    }
}
