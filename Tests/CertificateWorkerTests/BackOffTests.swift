import Testing

@testable import CertificateWorker

@Suite("After failures")
struct BackOffTests {
    @Test("the wait doubles from a minute to six hours, and begins anew after a success")
    func doubling() {
        var backOff = BackOff()
        let waits = (0..<12).map { _ in backOff.next(after: .unreachable("x"), chance: 0) }
        #expect(waits == [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600, 21600])
        backOff.reset()
        #expect(backOff.next(after: .unreachable("x"), chance: 1) == 72)
    }

    @Test("of very many the wait stays what it is")
    func many() {
        var backOff = BackOff()
        for _ in 0..<1_000 { _ = backOff.next(after: .unreachable("x"), chance: 0) }
        #expect(backOff.next(after: .unreachable("x"), chance: 0) == 21_600)
    }

    @Test("the authority's Retry-After is never undercut, and a limit without one costs an hour")
    func retryAfter() {
        let limit = ACMEProblem(type: "urn:ietf:params:acme:error:rateLimited")
        var backOff = BackOff()
        #expect(backOff.next(after: .refused(limit, retryAfter: 9_000), chance: 0) == 9_000)
        #expect(backOff.next(after: .refused(limit, retryAfter: nil), chance: 0) == 3_600)
        #expect(backOff.next(after: .refused(limit, retryAfter: 5), chance: 0) == 240)
    }
}
