internal import Crypto
internal import RegistryToken
internal import Synchronization

/// One sign-in in a browser, from our page to the provider and back.
///
/// Nothing of it is kept here: a random value in the browser's cookie, under a key of this process, is what `state`, `nonce` and
/// PKCE's verifier are made of, so that visits to the page fill no memory, and an answer counts only in the browser that asked.
/// - Ends: with the process, after `lifetime`, and with the first answer.
/// - Source: RFC 6749 section 10.12; OpenID Connect Core 1.0 section 3.1.2.1; RFC 7636.
struct SignInFlow: Sendable {
    /// Seconds from our page to the provider's answer.
    static let lifetime: Int64 = 600
    private static let seedLength = 32
    private static let key = SymmetricKey(size: .bits256)
    private static let spent = SpentFlows()

    let backend: String
    private let begun: Int64
    private let seed: [UInt8]

    /// - Parameter now: seconds since 1970.
    init(backend: String, now: Int64) {
        var random = SystemRandomNumberGenerator()
        self.backend = backend
        begun = now
        seed = (0..<Self.seedLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// The flow of a cookie; nil when it is not ours, of another back-end, or too old.
    init?(cookie: String, backend: String, now: Int64) {
        let parts = cookie.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let begun = Int64(parts[1]), (0...Self.lifetime).contains(now - begun),
            let seed = Base64.bytes(of: Array(parts[0].utf8), as: .url), seed.count == Self.seedLength,
            let code = Base64.bytes(of: Array(parts[2].utf8), as: .url)
        else { return nil }
        self.backend = backend
        self.begun = begun
        self.seed = seed
        guard isMade("cookie", code) else { return nil }
    }

    var cookie: String { "\(Base64.text(seed, as: .url)).\(begun).\(made("cookie"))" }
    var state: String { made("state") }
    var nonce: String { made("nonce") }
    /// 43 characters: what PKCE wants at least.
    var verifier: String { made("verifier") }
    var challenge: String { Base64.text(Array(SHA256.hash(data: Array(verifier.utf8))), as: .url) }

    /// Whether an answer with this state is this flow's, and the first.
    func takes(state: String, now: Int64) -> Bool {
        guard let code = Base64.bytes(of: Array(state.utf8), as: .url), isMade("state", code) else { return false }
        return Self.spent.spend(seed, until: begun + Self.lifetime, now: now)
    }

    private func message(_ purpose: String) -> [UInt8] { Array("\(purpose) \(backend) \(begun) ".utf8) + seed }

    private func made(_ purpose: String) -> String {
        Base64.text(Array(HMAC<SHA256>.authenticationCode(for: message(purpose), using: Self.key)), as: .url)
    }

    /// In constant time.
    private func isMade(_ purpose: String, _ code: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message(purpose), using: Self.key)
    }
}

/// Flows that were answered, until their time is over. Bounded; when it is full, the ones that end first are forgotten, for
/// which the provider still takes no code twice.
private final class SpentFlows: Sendable {
    private static let capacity = 8_192
    private let flows = Mutex<[[UInt8]: Int64]>([:])

    /// - Returns: false when the flow was spent before.
    func spend(_ seed: [UInt8], until end: Int64, now: Int64) -> Bool {
        flows.withLock { flows in
            if flows.count >= Self.capacity {
                flows = flows.filter { $0.value >= now }
                if flows.count >= Self.capacity {
                    for (old, _) in flows.sorted(by: { $0.value < $1.value }).prefix(Self.capacity / 4) {
                        flows[old] = nil
                    }
                }
            }
            return flows.updateValue(end, forKey: seed) == nil
        }
    }
}
