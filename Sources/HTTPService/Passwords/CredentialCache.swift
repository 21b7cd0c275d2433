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
    }

    private let capacity: Int
    private let age: Duration
    private let key = SymmetricKey(size: .bits256)
    private let generations = Mutex(Generations())

    package init(capacity: Int = 512, age: Duration = .seconds(600)) {
        self.capacity = capacity
        self.age = age
    }

    /// The name under which a pair is remembered. The account's length keeps the two apart.
    package func name(account: String, password: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        let count = UInt64(account.utf8.count)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            message.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        message.append(contentsOf: account.utf8)
        message.append(contentsOf: password)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    package func contains(_ name: [UInt8], at now: ContinuousClock.Instant = .now) -> Bool {
        generations.withLock { generations in
            turn(&generations, at: now)
            return generations.young.contains(name) || generations.old.contains(name)
        }
    }

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

    private func turn(_ generations: inout Generations, at now: ContinuousClock.Instant) {
        let elapsed = generations.since.duration(to: now)
        guard elapsed >= age else { return }
        generations.old = elapsed >= age * 2 ? [] : generations.young
        generations.young = []
        generations.since = now
    }
}
