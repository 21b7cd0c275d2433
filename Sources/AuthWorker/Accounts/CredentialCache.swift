internal import Crypto
internal import Synchronization

/// Remembers which passwords were right, so that a push pays for bcrypt once and not for each token.
///
/// - Holds HMAC-SHA256 values under a key that never leaves this object: no password, nothing of use elsewhere.
/// - Lifetime: one loaded configuration; a reload begins an empty one with a new key.
/// - Bounded: two generations of `capacity`.
final class CredentialCache: Sendable {
    private struct Generations {
        var young: Set<[UInt8]> = []
        var old: Set<[UInt8]> = []
    }

    private let capacity: Int
    private let key = SymmetricKey(size: .bits256)
    private let generations = Mutex(Generations())

    init(capacity: Int = 512) {
        self.capacity = capacity
    }

    /// The name under which a pair is remembered. The account's length keeps the two apart.
    func name(account: String, password: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        let count = UInt64(account.utf8.count)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            message.append(UInt8(truncatingIfNeeded: count >> shift))
        }
        message.append(contentsOf: account.utf8)
        message.append(contentsOf: password)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    func contains(_ name: [UInt8]) -> Bool {
        generations.withLock { $0.young.contains(name) || $0.old.contains(name) }
    }

    func remember(_ name: [UInt8]) {
        generations.withLock { generations in
            if generations.young.count >= capacity {
                generations.old = generations.young
                generations.young = []
            }
            generations.young.insert(name)
        }
    }
}
