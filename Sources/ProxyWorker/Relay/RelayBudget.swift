import NIOCore
import Synchronization

/// How much of an answer may wait in memory for its client: much while few are on their way on this event loop, so that they
/// are fast; little while there are many, so that slow readers cannot fill the memory.
///
/// - Cost: an answer whose client does not read takes four shares: what was read, encrypted, and the buffers' spare room. It
///   keeps the share that it began with, so that shares fall faster than answers come.
final class RelayBudget: Sendable {
    private static let shares = (16 << 10)...(256 << 10)
    /// So many answers have the largest share.
    private static let few = 32

    private let answers = Atomic<Int>(0)

    /// Bytes that are read from an upstream at a time.
    var share: Int {
        let crowd = max(1, (answers.load(ordering: .relaxed) + Self.few - 1) / Self.few)
        return max(Self.shares.lowerBound, Self.shares.upperBound / (crowd * crowd))
    }

    /// What may wait before the upstream is no longer read, and what must be left before it is again.
    var watermark: ChannelOptions.Types.WriteBufferWaterMark {
        let share = share
        return .init(low: share / 2, high: share + share / 2)
    }

    func enter() { answers.wrappingAdd(1, ordering: .relaxed) }
    func leave() { answers.wrappingSubtract(1, ordering: .relaxed) }

    /// Grows with what comes, as NIO's adaptive one does, and never beyond the share of the moment.
    struct Allocator: RecvByteBufferAllocator {
        private let budget: RelayBudget
        private var adaptive = AdaptiveRecvByteBufferAllocator(
            minimum: 2_048, initial: 8_192, maximum: RelayBudget.shares.upperBound)

        init(_ budget: RelayBudget) {
            self.budget = budget
        }

        func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
            allocator.buffer(capacity: nextBufferSize() ?? budget.share)
        }

        // What NIO goes by, where it is given.
        func nextBufferSize() -> Int? { adaptive.nextBufferSize().map { min($0, budget.share) } }

        mutating func record(actualReadBytes: Int) -> Bool { adaptive.record(actualReadBytes: actualReadBytes) }
    }
}
