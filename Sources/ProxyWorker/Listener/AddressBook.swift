import BundleConfig
import NIOCore
import Synchronization

/// What each client address has open, and how many requests it may still make. Shared by all event loops.
///
/// An IPv6 client counts by its /64, of which everybody has a whole one. Bounded: who has nothing open and has used nothing
/// up is forgotten.
final class AddressBook: Sendable {
    struct Key: Hashable, Sendable {
        private var bits: UInt64
        private var isIPv6: Bool

        /// - Parameter address: 4 or 16 bytes; nil for others, whom no limit concerns.
        init?(_ address: [UInt8]) {
            guard address.count == 4 || address.count == 16 else { return nil }
            bits = address.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            isIPv6 = address.count == 16
        }
    }

    private struct Entry {
        var connections = 0
        /// What is left of the burst, as of `filled`; nil for one that has made no request that counts.
        var tokens: Double?
        var filled = NIODeadline.uptimeNanoseconds(0)
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// How many entries there may be before those that tell nothing any more are removed.
        var sweepAt = 4_096
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.entries.count } }

    /// Counts one more connection; false, and nothing is counted, when there are `limit` already.
    func enter(_ key: Key, limit: Int) -> Bool {
        state.withLock { state in
            var entry = state.entries[key] ?? Entry()
            guard entry.connections < limit else { return false }
            entry.connections += 1
            state.entries[key] = entry
            return true
        }
    }

    func leave(_ key: Key) {
        state.withLock { state in
            guard var entry = state.entries[key] else { return }
            entry.connections -= 1
            state.entries[key] = entry.connections == 0 && entry.tokens == nil ? nil : entry
        }
    }

    /// Takes a token of the address's bucket, which fills at `rate` a second up to `burst`.
    /// - Returns: nil, or how long until there is one.
    func take(_ key: Key, rate: Int, burst: Int, now: NIODeadline = .now()) -> TimeAmount? {
        guard rate > 0 else { return nil }
        return state.withLock { state in
            var entry = state.entries[key] ?? Entry()
            let tokens = Self.tokens(entry, rate: rate, burst: burst, now)
            entry.filled = now
            entry.tokens = tokens >= 1 ? tokens - 1 : tokens
            state.entries[key] = entry
            if state.entries.count > state.sweepAt { Self.sweep(&state, rate: rate, burst: burst, now) }
            return tokens >= 1 ? nil : .nanoseconds(Int64((1 - tokens) / Double(rate) * 1e9))
        }
    }

    private static func tokens(_ entry: Entry, rate: Int, burst: Int, _ now: NIODeadline) -> Double {
        guard let tokens = entry.tokens else { return Double(burst) }
        return min(Double(burst), tokens + Double((now - entry.filled).nanoseconds) / 1e9 * Double(rate))
    }

    private static func sweep(_ state: inout State, rate: Int, burst: Int, _ now: NIODeadline) {
        state.entries = state.entries.compactMapValues { entry in
            guard tokens(entry, rate: rate, burst: burst, now) >= Double(burst) else { return entry }
            guard entry.connections > 0 else { return nil }
            return Entry(connections: entry.connections)
        }
        state.sweepAt = max(4_096, state.entries.count * 2)
    }
}
