import Crypto
import Synchronization

/// Remembers which passwords were right, so that a push pays for bcrypt once and not for each token or request.
///
/// - Holds HMAC-SHA256 values under a key that never leaves this object: no password, nothing of use elsewhere.
/// - Lifetime: one loaded configuration; a reload begins an empty one with a new key. A value stays for one to two `age`s.
/// - Bounded: two generations of `capacity`.
package final class CredentialCache: Sendable {
    private struct Generations {
        var young: Set<[UInt8]> = []
        var old: Set<[UInt8]> = []
        var since = ContinuousClock.now
        var hits = 0
        var misses = 0
    }

    private let capacity: Int
    private let age: Duration
    private let key = SymmetricKey(size: .bits256)
    private let generations = Mutex(Generations())

    package init(capacity: Int = 512, age: Duration = .seconds(600)) {
        self.capacity = capacity
        self.age = age
    }

    /// The name under which a pair is remembered. The lengths keep its parts apart.
    /// - Parameter binding: what the pair is only good for, such as the hash that it was compared with.
    package func name(account: String, password: [UInt8], boundTo binding: [UInt8] = []) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(account.utf8.count + password.count + binding.count + 16)
        for count in [UInt64(account.utf8.count), UInt64(binding.count)] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                message.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        message.append(contentsOf: account.utf8)
        message.append(contentsOf: binding)
        message.append(contentsOf: password)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    package func contains(
        _ name: [UInt8], counting: Bool = true, at now: ContinuousClock.Instant = .now
    ) -> Bool {
        generations.withLock { generations in
            turn(&generations, at: now)
            let isKnown = generations.young.contains(name) || generations.old.contains(name)
            if counting { if isKnown { generations.hits += 1 } else { generations.misses += 1 } }
            return isKnown
        }
    }

    /// How often a name was known, and how often not.
    package var figures: (hits: Int, misses: Int) { generations.withLock { ($0.hits, $0.misses) } }

    package func remember(_ name: [UInt8], at now: ContinuousClock.Instant = .now) {
        generations.withLock { generations in
            turn(&generations, at: now)
            if generations.young.count >= capacity {
                generations.old = generations.young
                generations.young = []
            }
            generations.young.insert(name)
        }
    }

    package func forget(_ name: [UInt8]) {
        generations.withLock { generations in
            generations.young.remove(name)
            generations.old.remove(name)
        }
    }

    private func turn(_ generations: inout Generations, at now: ContinuousClock.Instant) {
        let elapsed = generations.since.duration(to: now)
        guard elapsed >= age else { return }
        generations.old = elapsed >= age * 2 ? [] : generations.young
        generations.young = []
        generations.since = now
    }
}
