import ACMEAuthority
import BundleConfig
import Foundation
import Synchronization
import Testing

@testable import CertificateWorker

/// Against an authority that asks a real proxy.
@Suite("A keeper of certificates", .timeLimit(.minutes(2)))
struct KeeperTests {
    private static let week = 7 * 86_400

    @Test("orders one for all names, which the proxy serves without a restart, and waits for two thirds of its life")
    func first() async throws {
        let bench = try await TestBench.start()
        #expect(try await !bench.isServed("registry.test"))
        let keeper = try bench.keeper { $0.email = "ops@registry.test" }
        let wait = await keeper.attend()
        #expect(abs(wait - 60 * 86_400) < 300, "\(bench.log.lines)")
        for name in TestBench.names {
            try await eventually("\(name) is served") { try await bench.isServed(name) }
        }
        let place = "configuration/acme/registry.test"
        #expect(bench.files(place) == ["chain.pem", "key.pem"])
        #expect(try bench.mode("\(place)/key.pem") == 0o600)
        #expect(try bench.mode("configuration/acme/account.key") == 0o600)
        #expect(try bench.text("\(place)/chain.pem").components(separatedBy: "BEGIN CERTIFICATE").count == 3)
        #expect(bench.files("run/proxy/acme") == [])
        #expect(await bench.authority.contacts == [["mailto:ops@registry.test"]])
        #expect(await keeper.attend() == wait)
        #expect(await bench.authority.count("newOrder 201") == 1)
        let status = bench.events.withLock { $0.last }
        #expect("\(String(describing: status))".contains("ready; the certificate for registry.test, www.registry.test"))
        for line in bench.log.lines { #expect(!line.contains("PRIVATE KEY")) }
        await bench.stop()
    }

    @Test("renews it at two thirds of its life, and takes it for what it is after a restart")
    func renewal() async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper()).attend()
        let chain = try bench.text("configuration/acme/registry.test/chain.pem")
        bench.clock.advance(59 * 86_400)
        _ = await (try bench.keeper()).attend()
        #expect(await bench.authority.count("newOrder 201") == 1)
        bench.clock.advance(86_400)
        // The authority's clock has not gone on: it is given what ends later.
        await bench.authority.change { $0.life = 365 * 86_400 }
        _ = await (try bench.keeper()).attend()
        #expect(await bench.authority.count("newOrder 201") == 2)
        #expect(await bench.authority.accountCount == 1)
        #expect(try bench.text("configuration/acme/registry.test/chain.pem") != chain)
        await bench.stop()
    }

    @Test("renews it by its own end, not by that of a cross-signed one behind it that is over")
    func crossSigned() async throws {
        let bench = try await TestBench.start { $0.crossEnd = -86_400 }
        let wait = await (try bench.keeper()).attend()
        #expect(abs(wait - 60 * 86_400) < 300, "\(bench.log.lines)")
        #expect(await (try bench.keeper()).attend() == wait)
        #expect(await bench.authority.count("newOrder 201") == 1)
        for name in TestBench.names {
            try await eventually("\(name) is served") { try await bench.isServed(name) }
        }
        await bench.stop()
    }

    @Test("orders anew for other names, another kind of key and another authority")
    func changes() async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper()).attend()
        let other = ["registry.test", "new.registry.test"]
        _ = await (try bench.keeper { $0.domains = other }).attend()
        #expect(bench.log.lines.contains { $0.contains("the present one is for registry.test, www.registry.test") })
        try await eventually("the new name is served") { try await bench.isServed("new.registry.test") }
        _ = await
            (try bench.keeper {
                $0.domains = other
                $0.keyType = .rsa
            }).attend()
        #expect(try bench.text("configuration/acme/registry.test/key.pem").contains("RSA PRIVATE KEY"))
        try await eventually("the RSA key is served") { try await bench.isServed("new.registry.test") }
        #expect(await bench.authority.count("newOrder 201") == 3)
        let second = try ACMEAuthority(await bench.authority.options)
        let directory = try await second.start()
        let root = try await second.root
        let keeper = try bench.keeper {
            $0.domains = other
            $0.keyType = .rsa
            $0.directory = directory
            $0.trust = root
        }
        _ = await keeper.attend()
        #expect(await second.count("newOrder 201") == 1)
        _ = await keeper.attend()
        #expect(await second.count("newOrder 201") == 1)
        await second.stop()
        await bench.stop()
    }

    @Test("certifies an address")
    func address() async throws {
        let bench = try await TestBench.start(["127.0.0.1"])
        _ = await (try bench.keeper()).attend()
        try await eventually("the address is served") { try await bench.isServed("127.0.0.1") }
        await bench.stop()
    }

    @Test("answers tls-alpn-01 by the proxy with a certificate that the authority accepts")
    func alpn() async throws {
        let bench = try await TestBench.start()
        await bench.authority.change {
            $0.httpPort = 1
            $0.challenges = ["http-01", "tls-alpn-01", "dns-01"]
        }
        let wait = await (try bench.keeper { $0.challenge = .tlsALPN01 }).attend()
        #expect(abs(wait - 60 * 86_400) < 300, "\(bench.log.lines)")
        #expect(bench.files("run/proxy/acme") == [])
        await bench.stop()
    }

    // MARK: Accounts

    @Test("agrees to terms only when it is told to")
    func terms() async throws {
        let bench = try await TestBench.start { $0.terms = "https://ca.test/terms" }
        #expect(await (try bench.keeper()).attend() == 60)
        #expect(
            bench.log.lines.last?.hasPrefix(
                "error: there is no certificate for registry.test, www.registry.test: the authority asks to agree to its "
                    + "terms, https://ca.test/terms. Read them and write tls.acme.accept_terms: true.") == true)
        #expect(await bench.authority.accountCount == 0)
        #expect(await (try bench.keeper { $0.acceptsTerms = true }).attend() > Self.week)
        await bench.stop()
    }

    @Test("binds its account to an external one")
    func externalAccount() async throws {
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let bench = try await TestBench.start { $0.externalAccounts = ["kid-7": secret] }
        #expect(await (try bench.keeper()).attend() == 60)
        #expect(bench.log.lines.last?.contains("Give the identifier and key that it hands out as tls.acme.eab") == true)
        let wrong = try bench.keeper {
            $0.externalAccount = .init(keyID: "kid-7", key: Secret("AAAAAAAAAAAAAAAAAAAAAA"))
        }
        #expect(await wrong.attend() == 60)
        #expect(bench.log.lines.last?.contains("unauthorized: the external account's code is wrong") == true)
        let text = Base64URL.text(secret)
        #expect(
            await (try bench.keeper { $0.externalAccount = .init(keyID: "kid-7", key: Secret(text)) }).attend()
                > Self.week)
        for line in bench.log.lines { #expect(!line.contains(text)) }
        await bench.stop()
    }

    @Test("makes another account for one that was deactivated, and asks again for one that is forgotten")
    func lostAccounts() async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper()).attend()
        let key = try bench.text("configuration/acme/account.key")
        await bench.authority.forgetAccounts()
        #expect(await (try bench.keeper { $0.domains = ["a.test"] }).attend() > Self.week)
        #expect(try bench.text("configuration/acme/account.key") == key)
        await bench.authority.deactivateAccounts()
        #expect(await (try bench.keeper { $0.domains = ["b.test"] }).attend() > Self.week)
        #expect(try bench.text("configuration/acme/account.key") != key)
        #expect(await bench.authority.accountCount == 2)
        await bench.stop()
    }

    @Test("tells the authority of another address")
    func contact() async throws {
        let bench = try await TestBench.start()
        _ = await (try bench.keeper { $0.email = "a@x.test" }).attend()
        _ = await
            (try bench.keeper {
                $0.email = "b@x.test"
                $0.domains = ["a.test"]
            }).attend()
        #expect(await bench.authority.contacts == [["mailto:b@x.test"]])
        await bench.stop()
    }
}
