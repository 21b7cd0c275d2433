internal import Crypto
internal import Synchronization

/// The claims of tokens verified before, by the SHA-256 of the whole token, so that a push pays for one signature.
/// - Bounded: two generations of `capacity`; the older one is dropped when the younger is full.
final class SeenTokens: Sendable {
    private struct Generations {
        var young: [SHA256Digest: ReceivedClaims] = [:]
        var old: [SHA256Digest: ReceivedClaims] = [:]
    }

    private let capacity = 512
    private let generations = Mutex(Generations())

    func find(_ digest: SHA256Digest) -> ReceivedClaims? {
        generations.withLock { $0.young[digest] ?? $0.old[digest] }
    }

    func keep(_ claims: ReceivedClaims, for digest: SHA256Digest, now: Int64) {
        generations.withLock { generations in
            if generations.young.count >= capacity {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young[digest] = claims
        }
    }
}
