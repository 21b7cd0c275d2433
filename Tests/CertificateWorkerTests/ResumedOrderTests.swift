import ACMEAuthority
import BundleConfig
import Foundation
import Testing

@testable import CertificateWorker

/// An authority limits how many certificates it signs for the same names: none is to be lost.
@Suite("An order that the authority may have signed", .timeLimit(.minutes(2)))
struct ResumedOrderTests {
    private static let week = 7 * 86_400
    private static let place = "configuration/acme/a.test"

    @Test("survives a few looks that fail")
    func hiccups() async throws {
        let bench = try await TestBench.start(["a.test"]) { $0.looks = 2 }
        let down = AuthorityFault.problem("serverInternal", "down", status: 503, retryAfter: "3")
        await bench.authority.fail("order", [.silence, down, .text("", status: 502)])
        await bench.authority.fail("certificate", [down, .silence, .text("", status: 500)])
        #expect(await (try bench.keeper()).attend() > Self.week, "\(bench.log.lines)")
        #expect(await bench.authority.count("newOrder 201") == 1)
        await bench.stop()
    }

    @Test("is looked at for five minutes, and gone on with after them", arguments: ["order", "certificate"])
    func down(_ resource: String) async throws {
        let bench = try await TestBench.start(["a.test"])
        await bench.authority.fail(resource, Array(repeating: .text("", status: 500), count: 40))
        let before = bench.clock.now
        #expect(await (try bench.keeper()).attend() == 60)
        #expect((300..<400).contains(bench.clock.now - before))
        #expect(bench.files(Self.place) == ["next-key.pem", "next-order.json"])
        #expect(try bench.mode("\(Self.place)/next-order.json") == 0o600)
        let key = try bench.text("\(Self.place)/next-key.pem")
        #expect(await (try bench.keeper()).attend() > Self.week, "\(bench.log.lines)")
        #expect(bench.files(Self.place) == ["chain.pem", "key.pem"])
        #expect(try bench.text("\(Self.place)/key.pem") == key)
        #expect(await bench.authority.count("newOrder 201") == 1)
        await bench.stop()
    }

    @Test("is gone on with after an answer to finalize that was lost, and after a limit")
    func finalize() async throws {
        let bench = try await TestBench.start(["a.test"])
        await bench.authority.fail("finalize", [.silence])
        await bench.authority.fail("certificate", [.problem("rateLimited", "slow down", status: 429)])
        for wait in [60, 3_600] { #expect(await (try bench.keeper()).attend() == wait) }
        #expect(await (try bench.keeper()).attend() > Self.week, "\(bench.log.lines)")
        #expect(await bench.authority.count("newOrder 201") == 1)
        await bench.stop()
    }

    @Test("is gone on with when the disk takes its certificate at last")
    func disk() async throws {
        let bench = try await TestBench.start(["a.test"])
        await bench.authority.hold("certificate")
        let keeper = try bench.keeper()
        async let attempt = keeper.attend()
        await eventually("the certificate is asked for") { await bench.authority.isHolding }
        // What is in the way of a rename: a folder.
        let obstacle = "\(bench.folder)/\(Self.place)/next-chain.pem"
        try FileManager.default.createDirectory(atPath: "\(obstacle)/x", withIntermediateDirectories: true)
        await bench.authority.release()
        #expect(await attempt == 60)
        try FileManager.default.removeItem(atPath: obstacle)
        bench.clock.advance(60)
        #expect(await keeper.attend() > Self.week, "\(bench.log.lines)")
        #expect(await bench.authority.count("newOrder 201") == 1)
        await bench.stop()
    }

    @Test("is not gone on with once it is refused, too old, or not for what is wanted any more")
    func givenUp() async throws {
        let bench = try await TestBench.start(["a.test"])
        let limit = AuthorityFault.problem("rateLimited", "slow down", status: 429)
        let gone = AuthorityFault.problem("malformed", "no such thing", status: 404)
        await bench.authority.fail("certificate", [limit, gone, limit, limit])
        #expect(await (try bench.keeper()).attend() == 3_600)
        #expect(await (try bench.keeper()).attend() == 60)
        #expect(bench.files(Self.place) == [])
        // Another one, which nobody comes back for within a day.
        #expect(await (try bench.keeper()).attend() == 3_600)
        #expect(await bench.authority.count("newOrder 201") == 2)
        bench.clock.advance(86_400)
        #expect(await (try bench.keeper()).attend() == 3_600)
        #expect(await bench.authority.count("newOrder 201") == 3)
        #expect(await (try bench.keeper { $0.keyType = .rsa }).attend() > Self.week, "\(bench.log.lines)")
        #expect(await bench.authority.count("newOrder 201") == 4)
        await bench.stop()
    }
}
