import ACMEAuthority
import BundleConfig
import Foundation
import Testing

@testable import CertificateWorker

/// An authority that others wrote: what we take RFC 8555 to say is not only our own reading.
@Suite("With Pebble", .timeLimit(.minutes(2)))
struct PebbleTests {
    @Test("certificates come over both challenges, with either kind of key, although nonces are refused")
    func both() async throws {
        try await withPebble { bench, pebble in
            let wanted: [(ACMEConfiguration.Challenge, ACMEConfiguration.KeyType, [String])] = [
                (.http01, .ecdsa, ["registry.test", "www.registry.test"]),
                (.tlsALPN01, .rsa, ["registry.test", "alpn.registry.test"]),
            ]
            for (challenge, keyType, names) in wanted {
                try await obtain(bench, pebble) {
                    $0.challenge = challenge
                    $0.keyType = keyType
                    $0.domains = names
                }
                let shown = try #require(names.last)
                try await eventually("\(shown) is served") {
                    let text = try await bench.certificates(shown)
                    return text.contains("Pebble Intermediate CA") && text.contains("DNS:\(shown)")
                }
            }
            #expect(bench.log.lines.count { $0.contains("has made an account") } == 1)
        }
    }

    @Test("an external account is bound")
    func externalAccount() async throws {
        try await withPebble(needsExternalAccount: true) { bench, pebble in
            try await obtain(bench, pebble) {
                $0.externalAccount = .init(
                    keyID: Pebble.externalAccount.id, key: Secret(Pebble.externalAccount.key))
            }
        }
    }

    @Test("what it refuses stands in the log in its own words")
    func refused() async throws {
        try await withPebble { bench, pebble in
            let keeper = try bench.keeper(clock: SystemClock()) {
                $0.directory = pebble.directory
                $0.acceptsTerms = true
                $0.domains = ["not_a_name.test"]
            }
            await eventually("it is refused") {
                _ = await keeper.attend()
                bench.clock.advance(3_600)
                return bench.log.lines.contains { $0.contains("the authority refuses: ") && $0.contains("malformed: ") }
            }
        }
    }

    // MARK: Helpers

    /// A request whose nonces are refused five times in a row is tried again, as the keeper does after its wait.
    private func obtain(
        _ bench: TestBench, _ pebble: Pebble, _ change: @escaping (inout ACMEConfiguration) -> Void
    ) async throws {
        var wait = 0
        for _ in 0..<5 where wait < 7 * 86_400 {
            let keeper = try bench.keeper(clock: SystemClock()) {
                $0.directory = pebble.directory
                $0.acceptsTerms = true
                change(&$0)
            }
            wait = await keeper.attend()
        }
        #expect(wait > 7 * 86_400, "\(bench.log.lines)\n\((try? bench.text("pebble.log"))?.suffix(4_000) ?? "")")
    }

    private func withPebble(
        needsExternalAccount: Bool = false, _ body: (TestBench, Pebble) async throws -> Void
    ) async throws {
        let bench = try await TestBench.start()
        let pebble = try await Pebble.start(
            in: bench.folder, identity: try await bench.authority.identity, ports: (bench.http, bench.https),
            needsExternalAccount: needsExternalAccount)
        defer { pebble.stop() }
        await eventually("Pebble listens") {
            (try? bench.text("pebble.log"))?.contains("Listening on") == true
        }
        try await body(bench, pebble)
        await bench.stop()
    }
}
