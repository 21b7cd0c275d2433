import ACMEAuthority
import BundleConfig
import Foundation
import Synchronization
import Testing

@testable import CertificateWorker

@Suite("When the authority or the disk fails, a keeper of certificates", .timeLimit(.minutes(2)))
struct FailureTests {
    private static let week = 7 * 86_400

    @Test("takes another nonce as often as need be, and no more than five times")
    func nonces() async throws {
        let bench = try await TestBench.start()
        let bad = AuthorityFault.problem("badNonce", "used", status: 400)
        await bench.authority.fail("newOrder", [bad, bad, bad])
        await bench.authority.fail("finalize", [bad])
        #expect(await (try bench.keeper()).attend() > Self.week, "\(bench.log.lines)")
        await bench.authority.fail("newOrder", Array(repeating: bad, count: 9))
        #expect(await (try bench.keeper { $0.domains = ["a.test"] }).attend() == 60)
        #expect(await bench.authority.count("newOrder 400 badNonce") == 8)
        await bench.stop()
    }

    @Test("waits as long as a limit asks, and longer with each failure")
    func limits() async throws {
        let bench = try await TestBench.start()
        let keeper = try bench.keeper()
        await bench.authority.fail(
            "newOrder",
            [
                .problem("rateLimited", "too many", status: 429, retryAfter: "7200"),
                .problem("rateLimited", "too many", status: 429),
                .problem("serverInternal", "down", status: 503),
            ])
        var waits: [Int] = []
        for _ in 0..<3 {
            let wait = await keeper.attend()
            waits.append(wait)
            // Looked at in between, it does nothing.
            #expect(await keeper.attend() == wait)
            bench.clock.advance(wait)
        }
        #expect(waits == [7_200, 3_600, 240])
        #expect(bench.log.lines.contains { $0.contains("rateLimited: too many. The next attempt is in 2 h") })
        #expect(await keeper.attend() > Self.week)
        #expect(await bench.authority.count("newOrder 201") == 1)
        await bench.stop()
    }

    @Test("goes on when a directory that was away is there again")
    func away() async throws {
        let bench = try await TestBench.start()
        let port = await bench.authority.port
        await bench.authority.stop()
        let keeper = try bench.keeper()
        #expect(await keeper.attend() == 60)
        #expect(bench.log.lines.last?.contains("the authority gives no answer: localhost port") == true)
        #expect(bench.events.withLock { $0.contains(.unreachable) })
        try await bench.authority.start(port: port)
        bench.clock.advance(60)
        #expect(await keeper.attend() > Self.week, "\(bench.log.lines)")
        await bench.stop()
    }

    @Test("never trusts a directory whose certificate it does not know")
    func untrusted() async throws {
        let bench = try await TestBench.start()
        #expect(await (try bench.keeper { $0.trust = nil }).attend() == 60)
        #expect(bench.log.lines.last?.contains("TLS handshake failed") == true, "\(bench.log.lines)")
        #expect(await bench.authority.journal == [])
        await bench.stop()
    }

    @Test("waits no longer than it meant to when the clock is set back")
    func clockSetBack() async throws {
        let bench = try await TestBench.start()
        let keeper = try bench.keeper()
        let years = 10 * 365 * 86_400
        await bench.authority.fail("newOrder", [.problem("serverInternal", "down", status: 500)])
        bench.clock.advance(years)
        #expect(await keeper.attend() == 60)
        bench.clock.advance(-years)
        #expect(await keeper.attend() == 60)
        bench.clock.advance(60)
        #expect(await keeper.attend() > Self.week, "\(bench.log.lines)")
        await bench.stop()
    }

    @Test(
        "survives answers that are none, each with a word on it",
        arguments: [
            "directory", "newNonce", "newAccount", "newOrder", "authz", "challenge", "finalize", "certificate",
        ])
    func nonsense(_ resource: String) async throws {
        let bench = try await TestBench.start()
        let keeper = try bench.keeper()
        let faults: [AuthorityFault] = [
            .text("<html>", status: 200), .text("", status: 500), .silence,
            .problem("malformed", "no\nsuch\u{1B}[31m thing", status: 400),
        ]
        for fault in faults {
            await bench.authority.fail(resource, [fault])
            let wait = await keeper.attend()
            // A nonce comes with whatever answer; the first one is asked for only once.
            guard wait < Self.week else { continue }
            #expect(bench.log.lines.last?.contains("The next attempt is in") == true)
            #expect(bench.log.lines.last?.contains("\n") == false && bench.log.lines.last?.contains("\u{1B}") == false)
            #expect(bench.files("run/proxy/acme") == [])
            bench.clock.advance(wait)
        }
        #expect(bench.log.lines.count >= (resource == "newNonce" ? 2 : faults.count), "\(bench.log.lines)")
        await bench.stop()
    }

    @Test("writes nothing outside its folder for a token that is a path")
    func tokens() async throws {
        let bench = try await TestBench.start(["a.test"])
        for token in ["../../evil", "", "a/b", String(repeating: "a", count: 300), "a%2fb"] {
            await bench.authority.fail(
                "authz",
                [
                    .text(
                        """
                        {"identifier":{"type":"dns","value":"a.test"},"status":"pending","challenges":[{"type":"http-01",
                        "url":"https://localhost/x","status":"pending","token":"\(token)"}]}
                        """, status: 200)
                ])
            _ = await (try bench.keeper()).attend()
            #expect(bench.log.lines.last?.contains("a token that is not base64url") == true)
        }
        #expect(bench.files("run/proxy") == ["proxy.yml"])
        await bench.stop()
    }

    @Test("says why a name could not be verified, and takes its answer away")
    func unproven() async throws {
        let bench = try await TestBench.start()
        await bench.authority.change { $0.httpPort = 1 }
        #expect(await (try bench.keeper()).attend() == 60)
        let line = try #require(bench.log.lines.last)
        #expect(line.contains("the authority could not verify registry.test: connection: registry.test: "), "\(line)")
        #expect(line.contains("Check that port 80 (http-01)"))
        #expect(bench.files("run/proxy/acme") == [])
        #expect(bench.files("configuration/acme/registry.test") == [])
        // A port where something else answers.
        await bench.authority.change { [https = bench.https] in $0.httpPort = https }
        #expect(await (try bench.keeper()).attend() == 60)
        await bench.authority.change { $0.challenges = ["dns-01"] }
        #expect(await (try bench.keeper()).attend() == 60)
        #expect(bench.log.lines.last?.contains("offers no http-01 for registry.test, only dns-01") == true)
        await bench.stop()
    }

    @Test("waits while an order is worked on, and not for ever")
    func processing() async throws {
        let bench = try await TestBench.start { $0.looks = 5 }
        #expect(await (try bench.keeper()).attend() > Self.week, "\(bench.log.lines)")
        await bench.authority.change { $0.looks = .max }
        let before = bench.clock.now
        #expect(await (try bench.keeper { $0.domains = ["a.test"] }).attend() == 60)
        #expect(bench.log.lines.last?.contains("the certificate took too long") == true)
        #expect((300..<400).contains(bench.clock.now - before))
        await bench.stop()
    }

    @Test("does not order again and again what is to be renewed at once")
    func shortLived() async throws {
        let bench = try await TestBench.start {
            $0.life = 3_600
            $0.age = 3_000
        }
        let keeper = try bench.keeper()
        #expect(await keeper.attend() == 60)
        #expect(bench.log.lines.last?.contains("is this machine's clock right?") == true)
        bench.clock.advance(60)
        #expect(await keeper.attend() == 120)
        await bench.stop()
    }

    // MARK: Files

    @Test(
        "refuses keys that others can read, before it asks anybody",
        arguments: ["account.key", "registry.test/key.pem"])
    func wideKeys(_ name: String) async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper()).attend()
        let asked = await bench.authority.journal.count
        let file = "\(bench.folder)/configuration/acme/\(name)"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        #expect(await (try bench.keeper { $0.keyType = .rsa }).attend() == 60)
        #expect(
            bench.log.lines.last?.contains("\(file) can be read by others (mode 0640). Run chmod 600 \(file)") == true)
        #expect(await bench.authority.journal.count == asked)
        await bench.stop()
    }

    @Test("orders nothing that it could not keep")
    func unwritable() async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper()).attend()
        let place = "\(bench.folder)/configuration/acme/a.test"
        try "".write(toFile: place, atomically: true, encoding: .utf8)
        #expect(await (try bench.keeper { $0.domains = ["a.test"] }).attend() == 60)
        #expect(bench.log.lines.last?.contains("cannot make \(place): Not a directory") == true, "\(bench.log.lines)")
        #expect(await bench.authority.count("newOrder 201") == 1)
        await bench.stop()
    }

    @Test("carries through on the next look what was cut off between two renames")
    func halfInstalled() async throws {
        let bench = try await TestBench.start(["a.test"])
        _ = await (try bench.keeper()).attend()
        let place = "\(bench.folder)/configuration/acme/a.test"
        func move(_ from: String, _ to: String) throws {
            try FileManager.default.moveItem(atPath: "\(place)/\(from)", toPath: "\(place)/\(to)")
        }
        // Neither of the two is in its place; then only the key is.
        for names in [["key.pem", "chain.pem"], ["chain.pem"]] {
            for name in names { try move(name, "next-\(name)") }
            try "stale".write(toFile: "\(place)/chain.pem", atomically: true, encoding: .utf8)
            #expect(await (try bench.keeper()).attend() > Self.week)
            #expect(bench.files("configuration/acme/a.test") == ["chain.pem", "key.pem"])
        }
        // What does not go together is no certificate.
        try move("chain.pem", "next-chain.pem")
        try "-----BEGIN".write(toFile: "\(place)/next-key.pem", atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(atPath: "\(place)/key.pem")
        #expect(await bench.authority.count("newOrder 201") == 1)
        #expect(await (try bench.keeper()).attend() > Self.week)
        #expect(await bench.authority.count("newOrder 201") == 2)
        #expect(bench.files("configuration/acme/a.test") == ["chain.pem", "key.pem"])
        await bench.stop()
    }

    @Test("leaves the certificate that is there in force when its renewal fails")
    func failedRenewal() async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper()).attend()
        let files = ["chain.pem", "key.pem"].map { "configuration/acme/registry.test/\($0)" }
        let before = try files.map(bench.text)
        for resource in ["newAccount", "finalize", "certificate"] {
            await bench.authority.fail(resource, [.problem("malformed", "no such thing", status: 404)])
            #expect(await (try bench.keeper { $0.domains = ["registry.test"] }).attend() == 60)
            #expect(
                bench.log.lines.last?.hasPrefix("warning: the certificate for registry.test, which ends on ") == true)
        }
        await bench.authority.fail("certificate", [.text(before[0], status: 200)])
        #expect(await (try bench.keeper { $0.domains = ["registry.test"] }).attend() == 60)
        #expect(bench.log.lines.last?.contains("a certificate that is not the key of the certificate") == true)
        #expect(try files.map(bench.text) == before)
        try await eventually("the one before is served") { try await bench.isServed("registry.test") }
        await bench.stop()
    }
}
